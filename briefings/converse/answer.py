"""Answers a reader's question: claims its row, finds an answer, and releases each sentence once it is verified."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from time import monotonic

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from briefings.compose import NothingToWrite
from briefings.converse import reuse
from briefings.converse.extractive import answer_from
from briefings.converse.find import MOST_EMBEDDED, Sentences, hits, sentences_of, wanted_words
from briefings.converse.ground import Ground, ground_of
from briefings.converse.model import ask_model
from briefings.converse.models import AnswerSentence, Turn
from briefings.converse.question import Question, read
from briefings.schemas import Sentence
from briefings.write.asking import Desk
from inference import gateway
from inference.errors import InferenceError, OverBudget
from ingest import embedders, work
from ingest.embed import LEXICAL

LEASE = timedelta(minutes=5)  # above the longest that the task may take
MOST_ATTEMPTS = 3
REMEMBERED_TURNS = 4  # that a model is told of
REMEMBERED = 3600  # seconds that vectors are kept of a question, and of the sentences it is compared with
PATIENCE = 1 / 3  # of the time that one request may take, after which no more than that is asked
log = logging.getLogger("briefings.converse")

Writer, Without = Turn.Writer, Turn.Without


class _Lost(Exception):
    """The question was stopped, asked again or forgotten, or another worker has it."""


@dataclass(frozen=True, slots=True)
class Found:
    """An answer to be verified. `without`: why no model made it, where one might have."""

    writer: str
    sentences: tuple[Sentence, ...]
    without: str = ""


def answer(turn_id: int) -> None:
    """Answer a question that is due; nothing when it is not, or somebody else is at it."""
    row = work.claim(Turn, turn_id, LEASE)
    if row is None:
        return
    if row.attempt > MOST_ATTEMPTS:
        _give_up(row, f"given up: {MOST_ATTEMPTS} attempts never came to an end")
        return
    try:
        _answer(row)
    except _Lost:
        log.info("question %s is not ours any more", row.pk)
    except NothingToWrite:
        _give_up(row, "its articles are gone")
    except SoftTimeLimitExceeded:
        _failed(row, "the time ran out")
        raise  # it is the whole task's time
    except Exception as error:  # one question's fault must not keep the others from their answers
        log.exception("no answer to question %s", row.pk)
        _failed(row, work.mishap(error))


def _answer(row: Turn) -> None:
    _begin(row)
    desk = _Answering(row, ground_of(row.conversation.brief))
    found = desk.found()
    told = _release_all(row, found, desk)
    dropped = len(found.sentences) - told
    if dropped and not told:  # the sources may say what the model could not
        found = desk.extractive(Without.NO_ANSWER)
        dropped += len(found.sentences) - _release_all(row, found, desk)
    done = work.finish(
        row,
        state=Turn.State.ANSWERED,
        writer=found.writer,
        without=found.without,
        dropped=dropped,
        answered_at=timezone.now(),
    )
    if not done:
        raise _Lost


def _begin(row: Turn) -> None:
    """What an attempt before this one released goes: an answer is one attempt's."""
    with transaction.atomic():
        _held(row)
        row.sentences.all().delete()


def _held(row: Turn) -> None:
    """Keep the row as it is until the transaction ends. Raises _Lost where it is no longer this attempt's."""
    own = Turn.objects.select_for_update().filter(pk=row.pk, attempt=row.attempt, state=Turn.State.QUEUED)
    if not own.exists():
        raise _Lost


def _release_all(row: Turn, found: Found, desk: _Answering) -> int:
    """How many of its sentences held and were released."""
    told = 0
    for sentence in found.sentences:
        told += _release(row, told, sentence, desk)
    return told


def _release(row: Turn, place: int, sentence: Sentence, desk: _Answering) -> bool:
    """Verify the sentence and let the reader have it; False where it does not hold."""
    while True:
        if not desk.ground.holds(sentence):
            return False
        with transaction.atomic():
            _held(row)
            if not desk.ground.moved():
                AnswerSentence.objects.create(
                    turn=row,
                    place=place,
                    text=sentence.text,
                    citations=[one.model_dump(mode="json") for one in sentence.citations],
                    unsupported=0,
                    verified_at=timezone.now(),
                )
                return True
        desk.ground = ground_of(row.conversation.brief)


def _failed(row: Turn, words: str) -> None:
    spent = row.attempt >= MOST_ATTEMPTS
    state = Turn.State.FAILED if spent else Turn.State.QUEUED
    work.fail(row, words, MOST_ATTEMPTS, state=state)


def _give_up(row: Turn, words: str) -> None:
    log.error("question %s: %s", row.pk, words)
    work.finish(row, state=Turn.State.FAILED, error=words)


class _Answering:
    """One question with all that may answer it, tried in the order of what it costs."""

    def __init__(self, row: Turn, ground: Ground) -> None:
        self.row, self.ground = row, ground
        self.brief = row.conversation.brief
        self.asked: Question = read(row.question)
        earlier = row.conversation.turns.filter(number__lt=row.number, state=Turn.State.ANSWERED)
        # Its answer may serve others if it stands alone: nothing of this reader's conversation gets into that.
        latest = [] if row.stands_alone else earlier.order_by("-number")[:REMEMBERED_TURNS]
        self.before = list(latest)[::-1]
        self.begun = monotonic()

    @property
    def tag(self) -> str:
        """The embedder that the story's vector is of, and so the question's."""
        return self.brief.story.embedder

    @cached_property
    def story(self) -> Sentences:
        return sentences_of(self.ground.material, self.ground.body.headline.text)

    @property
    def previous(self) -> Question | None:
        return read(self.before[-1].question) if self.before else None

    def found(self) -> Found:
        prepared = reuse.prepared(self.row, self.asked, self.ground.body)
        if prepared and self._stands(prepared):
            return Found(Writer.PREPARED, prepared)
        for told in reuse.earlier(self.row, self.asked):
            if self._stands(told):
                return Found(Writer.REUSED, told)
        if not gateway.available():
            return self.extractive(Without.NO_MODEL)
        try:
            return Found(Writer.MODEL, self._by_model())
        except OverBudget as error:
            mine = error.scope.startswith("reader:")
            return self.extractive(Without.READER if mine else Without.SERVICE)
        except InferenceError as error:
            log.warning("question %s is answered from sentences: %s", self.row.pk, error)
            return self.extractive(Without.NO_ANSWER)

    def _stands(self, stored: Sequence[Sentence]) -> bool:
        """Whether all of a stored answer still holds; that the sources do not say, while they are what they were."""
        return all(map(self.ground.holds, stored)) if stored else not self.ground.changed

    def _by_model(self) -> tuple[Sentence, ...]:
        wanted = wanted_words(self.asked, self.previous)
        reader, brief = self.row.conversation.reader_id, self.brief.pk
        desk = Desk(f"turn:{self.row.pk}", brief, reader=reader)
        said = [(turn.question, " ".join(one.text for one in reuse.told(turn))) for turn in self.before]
        return ask_model(self.row.question, said, wanted, self.ground.material, desk)

    def extractive(self, without: str) -> Found:
        """The sources' own sentences that answer, free for whoever's budget is used up."""
        spent = without in (Without.READER, Without.SERVICE)
        found = hits(self.asked, self.previous, self.story, None if spent else self._cosines())
        return Found(Writer.EXTRACTIVE, answer_from(self.story, found), without)

    def _cosines(self) -> list[float] | None:
        """How close each sentence is to the question, where a model embeds in time and the story is not too long."""
        texts = [each.text for each in self.story.pool.candidates]
        if self.tag in ("", LEXICAL) or not 0 < len(texts) <= MOST_EMBEDDED:
            return None
        if monotonic() - self.begun > PATIENCE * settings.MODEL_DEADLINE:
            return None  # the endpoint that was so slow to answer would have to answer twice
        question, reader = self._in_context(), self.row.conversation.reader_id
        asked = embedders.comparable([question], self.tag, reader, REMEMBERED)
        if asked is None or not asked[0].any():
            return None
        sentences = embedders.comparable(texts, self.tag, remember=REMEMBERED)
        return None if sentences is None else [float(each) for each in sentences @ asked[0]]

    def _in_context(self) -> str:
        pointed = self.asked.points and self.before
        return f"{self.before[-1].question} {self.row.question}" if pointed else self.row.question
