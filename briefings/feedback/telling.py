"""What a brief tells of, as far as a reader may want more or less of it: names, topics, its sources; pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.utils.translation import pgettext

from briefings import near
from briefings.schemas import BriefBody, BriefDocument, Sentence
from briefings.write.names import names_of

NAMES, TOPICS, SOURCES = 3, 2, 3  # of each, the most that are offered and learned
# A name says what a story is about, a topic says it roughly, and of which sort it is says least.
WEIGHTS = {"name": 1.0, "topic": 0.6, "sort": 0.3}
# Most stories come from newsrooms: that says nothing of a taste.
SORTS = {
    "lab": "what labs announce themselves",
    "newsletter": "newsletters",
    "research": "research papers",
    "policy": "what public bodies publish",
    "hardware": "hardware news",
    "community": "what communities discuss",
}


def called(kind: str, label: str) -> str:
    """The label of a topic or a sort in the language that is spoken; names of all else are what they are."""
    return pgettext("concern", label) if kind in ("topic", "sort", "concern") else label


@dataclass(frozen=True, slots=True)
class Named:
    """Something to want more or less of. `key` is what selection knows it by, `label` what readers do."""

    kind: str
    key: str
    label: str

    @property
    def value(self) -> str:
        """How a form names it."""
        return f"{self.kind}:{self.key}"


@dataclass(frozen=True, slots=True)
class Telling:
    """A brief as selection sees a story (`briefings.feedback.taste.Told`)."""

    story: str
    title: str
    opening: str
    sources: tuple[int, ...] = ()
    kinds: tuple[str, ...] = ()


def of_document(document: BriefDocument) -> Telling:
    sources = tuple(dict.fromkeys(one.id for one in document.sources))
    return Telling(document.story.id, document.headline.text, _running(document), sources)


def of_body(story: str, body: BriefBody) -> Telling:
    """What a brief tells, whoever its sources are."""
    return Telling(story, body.headline.text, _running(body))


def about(document: BriefDocument) -> tuple[Named, ...]:
    """The names in the headline and the topics that the brief shows plainly."""
    told = of_document(document)
    names = tuple(Named("name", name, name) for name in _names(told.title, told.opening))
    seen = near.shown(told.title, told.opening)
    plain = sorted((said for said in seen if seen[said] >= near.NAMED), key=lambda said: (-seen[said], said))
    return (*names, *(Named("topic", said, said) for said in plain[:TOPICS]))


def tellers(document: BriefDocument) -> tuple[Named, ...]:
    """Its sources, first-hand and early ones first."""
    by_id = {source.id: source.publisher for source in document.sources}
    return tuple(Named("source", str(key), name) for key, name in list(by_id.items())[:SOURCES])


def _running(body: BriefBody) -> str:
    return " ".join(_texts((*body.takeaways, *body.lead)))


def _texts(sentences: Iterable[Sentence]) -> Iterable[str]:
    return dict.fromkeys(one.text for one in sentences)


@lru_cache(maxsize=4000)  # names take a millisecond, and an edition's page asks for those of all its stories
def _names(headline: str, running: str) -> tuple[str, ...]:
    found = [name.text for name in names_of([running], [headline]).in_text(headline)]
    whole = [one for one in found if not any(one != other and one in other for other in found)]
    return tuple(name for name in whole if near.speaks_of(name, headline, ""))[:NAMES]
