"""Finds in a story's sentences what answers a question: by its words and, where a model embeds, by closeness."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from briefings.converse.question import Kind, Question, content
from briefings.schemas import Material
from briefings.search import least
from briefings.verify.figure import Date
from briefings.verify.names import names, strangers, vocabulary
from briefings.verify.numbers import read as figures
from briefings.verify.spelling import for_figures
from briefings.write.pool import Candidate, Pool, pool_of, story_names
from ingest.embed import Vectors

ENOUGH = 0.55  # of what a question asks about that a sentence must speak of
NEARLY = 0.3  # where a model finds it close in meaning
NEXT = 4  # words behind a figure among which is what it counts
MOST_EMBEDDED = 150  # sentences of a story that a model compares
_UNSAID = re.compile(
    r"\b(?:did|does|do|has|have|would)(?: not|n[’']t) (?:say|disclose|reveal|give|name|tell|share|specify|comment|"
    r"publish)|\b(?:declined|refused) to|\b(?:undisclosed|unknown|unclear)\b",
    re.IGNORECASE,
)
_CAUSE = re.compile(
    r"\b(?:because|since|as a result|due to|thanks to|owing to|in order to|so that|after|amid|in response|reasons?|"
    r"driven|prompted|led to|leads to|caus\w+|aims?|aimed|hop(?:es?|ing)|seeks?|wants?|meant to|which is why|"
    r"to (?:avoid|keep|make|help|meet|protect|win|reduce|settle|end|give|let|compete|fund|pay))\b",
    re.IGNORECASE,
)
_PLACE = re.compile(r"\b(?:in|at|from|near|to|across|outside)\s+(?:the\s+)?[A-Z][a-z]+")
_TIME = re.compile(
    r"\b(?:mondays?|tuesday|wednesday|thursday|friday|saturday|sunday|today|yesterday|tomorrow|week|weeks|month|months|"
    r"quarter|spring|summer|autumn|fall|winter|hours?|days?|years?|\d{4})\b",
    re.IGNORECASE,
)

Closeness = Callable[[Sequence[str]], Vectors | None]


@dataclass(frozen=True, slots=True)
class Hit:
    """A sentence that answers, from 0 to about 1.5 how well."""

    candidate: Candidate
    score: float


@dataclass(frozen=True)
class Sentences:
    """A story's sentences that may be told, ready to be asked."""

    pool: Pool
    words: tuple[frozenset[str], ...]
    given: frozenset[str]  # what the headline speaks of, the whole story is about
    everything: frozenset[str]  # the content words of all its passages
    vocabulary: frozenset[str]  # and what may be named: all words as they are written
    frequency: Counter[str]

    def weight(self, term: str) -> float:
        """How much it says that a sentence has this word: the rarer in the story the more.

        One that stands nowhere counts as one that stands once: it may be another word for what does.
        """
        return math.log(1 + (len(self.words) + 1) / (max(1, self.frequency[term]) + 0.5))


def sentences_of(material: Material, headline: str) -> Sentences:
    """Everything in the story that could be an answer."""
    pool = pool_of(material, headline, story_names(material))
    words = tuple(content(each.text) for each in pool.candidates)
    texts = [text for article in material.articles for text in (article.text, article.publisher)]
    return Sentences(
        pool,
        words,
        content(headline),
        frozenset().union(*map(content, texts)),
        vocabulary(texts),
        Counter(word for own in words for word in own),
    )


def hits(
    asked: Question, before: Question | None, story: Sentences, cosines: Sequence[float] | None
) -> list[Hit]:
    """The sentences that answer, the best first; none where the story does not say.

    `before` is the question that stands before it, for one that cannot be understood alone. `cosines` say how close
    each sentence is to the question, where a model could tell.
    """
    wanted = wanted_words(asked, before)
    if not wanted or _unheard_of(asked, story):
        return []
    near = least(list(cosines), "model") if cosines else 1.0
    found = []
    for at, candidate in enumerate(story.pool.candidates):
        covered, close = _covered(wanted, story, at), cosines[at] if cosines else 0.0
        enough = NEARLY if cosines and close >= near else ENOUGH
        if covered >= enough and _of_kind(asked.kind, candidate.text):
            score = covered + close / 2 + _fit(asked, candidate, wanted)
            score += 0.3 * _share(wanted & story.given, story.words[at])
            found.append(Hit(candidate, score))
    return sorted(found, key=lambda hit: (-hit.score, hit.candidate.index))


def _fit(asked: Question, candidate: Candidate, wanted: frozenset[str]) -> float:
    """What makes one of several sentences that speak of it the better answer."""
    text = candidate.text
    counts = asked.kind is Kind.COUNT and _counts(text, wanted)
    names_some = asked.kind is Kind.WHO and len({*names(text)} - {*names(asked.text)}) > 1
    return 0.3 * counts + 0.3 * names_some + 0.1 * candidate.relevance - 0.15 * candidate.leans


def wanted_words(asked: Question, before: Question | None) -> frozenset[str]:
    """The content words that an answer speaks of: its own, with those of the question before where it points back."""
    carried = before.terms if before is not None and asked.points else ()
    return frozenset((*asked.terms, *carried))


def _covered(wanted: frozenset[str], story: Sentences, at: int) -> float:
    """How much of what is asked the sentence speaks of. What the whole story is about it need not repeat."""
    telling = wanted - story.given or wanted
    whole = sum(map(story.weight, telling))
    return sum(map(story.weight, telling & story.words[at])) / whole


def _share(some: frozenset[str], of: frozenset[str]) -> float:
    return len(some & of) / len(some) if some else 0.0


def _unheard_of(asked: Question, story: Sentences) -> bool:
    """Whether it asks about a name or a figure that stands nowhere in the story."""
    counted = {term for term in asked.terms if term[0].isdigit()}
    return not counted <= story.everything or bool(strangers(asked.text, story.vocabulary))


def _counts(text: str, wanted: frozenset[str]) -> bool:
    """Whether it says how many of what is wanted: "roughly 500,000 books"."""
    plain = for_figures(text)  # the places of figures are counted in that
    return any(
        not wanted.isdisjoint(content(" ".join(plain[figure.end :].split()[:NEXT])))
        for figure in figures(text)
        if figure.claim
    )


def _of_kind(kind: Kind, text: str) -> bool:
    """Whether the sentence can be an answer of that kind: a figure to "how much", or that nobody tells it."""
    if kind in (Kind.AMOUNT, Kind.COUNT, Kind.WHEN) and _UNSAID.search(text):
        return True
    if kind in (Kind.AMOUNT, Kind.COUNT):
        return any(not isinstance(figure.keys[0], Date) for figure in figures(text) if figure.claim)
    if kind is Kind.LENGTH:
        return any(figure.claim for figure in figures(text)) or bool(_TIME.search(text))
    if kind is Kind.WHEN:
        return any(isinstance(key, Date) for figure in figures(text) for key in figure.keys) or bool(
            _TIME.search(text)
        )
    if kind is Kind.WHY:
        return bool(_CAUSE.search(text))
    return kind is not Kind.WHERE or bool(_PLACE.search(text))
