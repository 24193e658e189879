"""A reader reports a sentence: it is verified again at once, and struck where it does not stand; one door for all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Now

from briefings import correct, coverage, read, standing
from briefings.converse.models import AnswerSentence
from briefings.corrected import struck_now
from briefings.feedback.models import Challenge, Report
from briefings.feedback.recheck import Checked, recheck
from briefings.models import Brief, Correction, State
from briefings.schemas import (
    BriefBody,
    CorrectionDocument,
    LensBody,
    Material,
    Sentence,
    Strike,
)
from ingest import revisions, stories
from ingest.models import Article
from users.models import User
from users.prepared import Prepared, given

BY_STAFF = "Somebody looked at it and found that it does not stand."
DIGITS = 5  # of a mark's numbers
Outcome = Challenge.Outcome


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence of a brief, of its lens or of an answer, by its place. `of` says which, `struck` that it fell."""

    brief: str
    where: str
    of: str
    sentence: Sentence

    @property
    def struck(self) -> bool:
        return self.sentence.struck

    @property
    def public(self) -> bool:
        """Whether everybody may see it."""
        return self.of == Challenge.Of.BRIEF


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a reader's report. `outcome` is that of the sentence as it is now, `found` what the check said."""

    outcome: str
    found: tuple[str, ...]
    reason: str
    made_at: datetime
    public: bool


def said(user: User, reading: read.Reading, mark: str) -> Said | None:
    """The sentence whose evidence has that mark on the reader's page; None where there is none."""
    number = mark.rpartition("-")[2]
    if not number.isascii() or not number.isdigit() or len(number) > DIGITS:
        return None
    found = [one for one in _marked(user, reading, mark) if one.sentence.citations]
    at = int(number) - 1
    return found[at] if 0 <= at < len(found) else None


def _marked(user: User, reading: read.Reading, mark: str) -> Iterator[Said]:
    """The sentences among which the mark counts, in the order of the page."""
    document, own = reading.document, Challenge.Of.OWN
    if mark.startswith(("you-", "as-")) and document.lens:
        of = own if reading.private else Challenge.Of.LENS
        for where, sentence in standing.lens_places(document.lens, f"lens.{reading.lens}"):
            yield Said(document.id, where, of, sentence)
    elif mark.startswith("t"):
        of = own if reading.private else Challenge.Of.ANSWER
        turn = mark[1:].partition("-")[0]
        for row in _answer(user, document.id, int(turn) if turn.isdecimal() and len(turn) <= DIGITS else 0):
            sentence = Sentence(text=row.text, citations=row.citations, struck=row.struck is not None)
            yield Said(document.id, f"answer.{row.pk}", of, sentence)
    elif "-" not in mark:
        of = own if reading.private else Challenge.Of.BRIEF
        places = standing.places(document)
        first = {
            one.text: where for where, one in reversed(list(places.items()))
        }  # said twice, it is one sentence
        for sentence in places.values():
            yield Said(document.id, first[sentence.text], of, sentence)


def _answer(user: User, brief: str, turn: int) -> list[AnswerSentence]:
    mine = {"turn__conversation__reader": user, "turn__conversation__brief": brief, "turn__number": turn}
    return list(AnswerSentence.objects.filter(**mine).order_by("place"))


def reported(user: User, one: Said) -> Result | None:
    """What came of the reader's report of that sentence; None where they made none."""
    row = _REPORTED.first(reader=user.pk, brief=one.brief, where=one.where)
    return _result(row, one) if row else None


def _reported() -> QuerySet[Report]:
    of = {"challenge__brief": given("brief"), "challenge__where": given("where")}
    mine = Report.objects.filter(reader=given("reader"), **of)
    return mine.select_related("challenge").order_by("pk")[:1]


_REPORTED = Prepared(_reported)


def challenge(user: User, one: Said, reason: str, now: datetime) -> Result | None:
    """Verify the sentence again and keep the report; a second one by the same reader changes nothing.

    None where the sentence has fallen before and there is nothing left to report.
    """
    if before := reported(user, one):
        return before
    if one.struck:
        return None
    brief = Brief.objects.select_related("story").get(pk=one.brief)
    checked = _look_again(brief, one, now)
    with transaction.atomic():
        _hold(brief)
        row, created = _challenge_of(brief, one)
        report, fresh = Report.objects.get_or_create(
            reader=user,
            challenge=row,
            defaults={"text": one.sentence.text, "reason": reason, "found": list(checked.found)},
        )
        if fresh:
            times = row.times if created else F("times") + 1
            _note(row, checked, now, times=times)
            if not checked.stands:
                _strike(brief, one.where, one.sentence, checked.found[0], now)
    report.refresh_from_db()
    return _result(report, one)


def _challenge_of(brief: Brief, one: Said) -> tuple[Challenge, bool]:
    told = {"text": one.sentence.text, "headline": BriefBody.model_validate(brief.body).headline.text}
    return Challenge.objects.get_or_create(
        brief=brief,
        where=one.where,
        defaults={"of": one.of, "outcome": Outcome.STANDS, **(told if one.public else {})},
    )


def _note(row: Challenge, checked: Checked, now: datetime, **changes: object) -> None:
    """What staff once decided stays, unless the sentence does not stand any more."""
    values: dict[str, object] = {"checked_at": now, **changes}
    if not checked.stands:
        values |= {"outcome": Outcome.STRUCK, "by_staff": False}
    if row.of == Challenge.Of.BRIEF:
        values["found"] = list(checked.found)
    Challenge.objects.filter(pk=row.pk).update(**values)


def _look_again(brief: Brief, one: Said, now: datetime) -> Checked:
    """By the texts that its citations count in, and where these have changed, by what they say now."""
    parts = dict(brief.articles)
    present = revisions.now(list(parts))
    checked = recheck(one.sentence, _as_cited(brief, present))
    if not checked.stands or all(present.get(key, n) == n for key, n in parts.items()):
        return checked
    Brief.objects.filter(pk=brief.pk, state=State.READY).update(due_at=Now())
    correct.verify_again(brief.pk, now)
    why = _fallen(brief, one.where)
    return Checked(False, (f"{why[:1].upper()}{why[1:]}.",)) if why else checked


def _as_cited(brief: Brief, present: dict[int, int]) -> Material:
    parts = dict(brief.articles)
    edited = {(key, n) for key, n in parts.items() if present.get(key, n) != n}
    earlier = revisions.numbered(edited)
    texts = stories.source_texts(list(parts), {key: text for (key, _), text in earlier.items()})
    kept = tuple(text for text in texts.values() if text.revision == parts[text.article])
    return Material(brief.story_id, "", kept)


def _fallen(brief: Brief, where: str) -> str:
    """Why the sentence in that place has fallen; empty where it stands."""
    if where.startswith("answer."):
        row = AnswerSentence.objects.filter(pk=where.partition(".")[2], struck__isnull=False).first()
        struck = CorrectionDocument.model_validate(row.struck).struck if row else ()
        return struck[0].why if struck else ""
    gone = struck_now(brief.corrections.all())
    return gone[where].why if where in gone else ""


def _hold(brief: Brief) -> None:
    """Nobody else strikes anything of the brief meanwhile."""
    Brief.objects.select_for_update(of=("self",), no_key=True).get(pk=brief.pk)


def _strike(brief: Brief, where: str, sentence: Sentence, why: str, now: datetime) -> None:
    """Strike the sentence wherever the brief says it, as a correction strikes it; one that fell before stays so."""
    if _fallen(brief, where):
        return
    cited = sentence.citations[0]
    if where.startswith("answer."):
        _strike_answer(brief, where, sentence, why, now)
        return
    body, before = BriefBody.model_validate(brief.body), struck_now(brief.corrections.all())
    fell = {where: sentence.text} if where.startswith("lens.") else dict(_everywhere(body, sentence.text))
    fell |= dict(standing.emptied(body, before.keys() | fell.keys()))
    gone = before.keys() | fell.keys()
    struck = [
        Strike(where=place, text=text, article=cited.article, why=why)
        for place, text in fell.items()
        if place not in before
    ]
    Correction.objects.create(
        brief=brief,
        struck=[one.model_dump(mode="json") for one in struck],
        major=standing.is_major(body, gone) and not standing.is_major(body, before),
        noticed_at=now,
        **_whose(brief, cited.article, now),
    )


def _everywhere(body: BriefBody, text: str) -> Iterator[tuple[str, str]]:
    return ((where, text) for where, one in standing.places(body).items() if one.text == text)


def _strike_answer(brief: Brief, where: str, sentence: Sentence, why: str, now: datetime) -> None:
    article = sentence.citations[0].article
    whose = _whose(brief, article, now)
    told = {name: whose[name] for name in ("kind", "publisher", "title", "url", "changed_at")}
    strike = Strike(where=where, text=sentence.text, article=article, why=why)
    document = CorrectionDocument(
        **told, changes="", note="", noticed_at=now, struck=(strike,), restored=(), replacement=None
    )
    rows = AnswerSentence.objects.filter(pk=where.partition(".")[2])
    rows.update(struck=document.model_dump(mode="json"))


def _whose(brief: Brief, article: int, now: datetime) -> dict[str, object]:
    """The article that the sentence cites first, and that nothing about it has changed."""
    row = Article.objects.select_related("source").filter(pk=article).first()
    revision = dict(brief.articles).get(article, 1)
    return {
        "article": row,
        "from_revision": revision,
        "to_revision": revision,
        "kind": Correction.Kind.CHALLENGED.value,
        "publisher": coverage.publisher(row) if row else "",
        "title": row.title if row else "",
        "url": coverage.web_address(row.url) if row else "",
        "changed_at": now,
    }


def uphold(row: Challenge, now: datetime) -> bool:
    """Staff looked at it, and the sentence stands. False where it has fallen already: that is not taken back."""
    open_ = Challenge.objects.filter(pk=row.pk).exclude(outcome=Outcome.STRUCK)
    return open_.update(outcome=Outcome.UPHELD, by_staff=True, checked_at=now) == 1


def strike(row: Challenge, now: datetime) -> bool:
    """Staff looked at it, and the sentence does not stand: it is struck as one that the verifier rejects.

    False where it has fallen already, or is gone.
    """
    brief = Brief.objects.filter(pk=row.brief_id, state=State.READY).first()
    sentence = _stored(brief, row.where) if brief else None
    if brief is None or sentence is None or row.outcome == Outcome.STRUCK:
        return False
    with transaction.atomic():
        _hold(brief)
        _strike(brief, row.where, sentence, BY_STAFF, now)
        found = [BY_STAFF] if row.of == Challenge.Of.BRIEF else []
        values = {"outcome": Outcome.STRUCK, "by_staff": True, "checked_at": now, "found": found}
        Challenge.objects.filter(pk=row.pk).update(**values)
    return True


def _stored(brief: Brief, where: str) -> Sentence | None:
    """The sentence in that place, as it was told."""
    if where.startswith("answer."):
        row = AnswerSentence.objects.filter(pk=where.partition(".")[2]).first()
        return Sentence(text=row.text, citations=row.citations) if row else None
    if where.startswith("lens."):
        key = int(where.split(".")[1])
        lens = brief.lenses.filter(pk=key, body__isnull=False).first()
        body = LensBody.model_validate(lens.body) if lens else None
        return dict(standing.lens_places(body, f"lens.{key}")).get(where) if body else None
    return standing.places(BriefBody.model_validate(brief.body)).get(where)


def _result(row: Report, one: Said) -> Result:
    return Result(row.challenge.outcome, tuple(row.found), row.reason, row.made_at, one.public)
