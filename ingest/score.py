"""How important a story is before any reader is considered, and which of its articles speaks for it. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Protocol
from urllib.parse import urlsplit

import numpy as np
import numpy.typing as npt

from ingest import terms
from ingest.digests import is_digest

PICKUP = timedelta(hours=24)
RECENT = timedelta(days=30)


class Known(Protocol):
    """A story by its vector of length one."""

    @property
    def story(self) -> str: ...
    @property
    def embedder(self) -> str: ...
    @property
    def vector(self) -> npt.NDArray[np.float32]: ...
    @property
    def happened_at(self) -> datetime: ...


def novelties(stories: Collection[str], known: Sequence[Known]) -> dict[str, float]:
    """How new each of the stories is, 0 to 1: one less the cosine of the closest that began in the RECENT days before.

    `known` are stories of one embedder or several, these among them. One that is not known is not compared: it is an
    archive's, come with a new source, and as new as can be.
    """
    found = dict.fromkeys(stories, 1.0)
    for kind in {(one.embedder, one.vector.shape) for one in known}:
        alike = [one for one in known if (one.embedder, one.vector.shape) == kind]
        vectors = np.stack([one.vector for one in alike])
        days = np.array([one.happened_at.timestamp() for one in alike]) / 86400
        wanted = [n for n, one in enumerate(alike) if one.story in found]
        close = vectors[wanted] @ vectors.T
        before = days[wanted, None] - days[None, :]
        close[(before <= 0) | (before > RECENT / timedelta(days=1))] = 0.0
        for n, closest in zip(wanted, close.max(axis=1, initial=0.0).tolist(), strict=True):
            found[alike[n].story] = round(min(1.0, max(0.0, 1.0 - closest)), 4)
    return found


@dataclass(frozen=True, slots=True)
class Voice:
    """One article of a story, as far as it matters for weighing. `relevance` is the gate's score, 0 to 1."""

    key: int
    origin: str
    title: str
    kind: str
    authority: float
    primary: bool
    relevance: float
    length: int
    at: datetime


def origin(url: str, source: int) -> str:
    """Who speaks: the site an article stands on, so that two feeds of one newsroom are one origin.

    A site without a public name (a test server, an intranet address) tells nothing; there the source does.
    """
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        host = ""
    name = host.removeprefix("www.")
    last = name.rpartition(".")[2]
    return name if "." in name and not last.isdigit() and last != "localhost" else f"source {source}"


def origins(voices: Sequence[Voice]) -> int:
    return len({voice.origin for voice in voices})


@dataclass(frozen=True, slots=True)
class Signals:
    """What ranking goes by: independent origins, those within a day of the first, and who the sources are."""

    origins: int
    pickup: int
    authority: float
    primary: bool


def signals(voices: Sequence[Voice]) -> Signals:
    """Of the independent articles of one story."""
    first = min(voice.at for voice in voices)
    return Signals(
        origins=origins(voices),
        pickup=origins([voice for voice in voices if voice.at - first <= PICKUP]),
        authority=max(voice.authority for voice in voices),
        primary=any(voice.primary for voice in voices),
    )


def importance(voices: Sequence[Voice], novelty: float = 1.0) -> float:
    """Of the independent articles of one story: about 0 to 8; a single newsroom item has 1 to 2.

    Independent origins count by their logarithm (the third matters more than the tenth), origins within a day of
    the first half as much again; then the best source's standing, a primary source, and what the headline is about.
    All of it shrinks with doubt about the topic, for pieces that are no news (guides, roundups, tickets), and by up to
    a fifth for what was told already (`novelty` 0 to 1).
    """
    known = signals(voices)
    reach = math.log2(1 + known.origins) + 0.5 * (math.log2(1 + known.pickup) - 1)
    standing = known.authority + 0.5 * known.primary
    impact = max(_impact(voice.title) for voice in voices)
    certainty = 0.4 + 0.6 * max(voice.relevance for voice in voices)
    weight = certainty * _newsiness(best_first(voices)[0].title) * (0.8 + 0.2 * novelty)
    return round((reach + standing + impact) * weight, 4)


def best_first(voices: Sequence[Voice]) -> list[Voice]:
    """The article to speak for the story first: primary, trusted, to the point, most like the others, long."""
    return list(voices) if len(voices) == 1 else list(_best_first(tuple(voices)))


@lru_cache(maxsize=500)  # a story's row asks for its title, and then for its importance
def _best_first(voices: tuple[Voice, ...]) -> tuple[Voice, ...]:
    vocabularies = {voice.key: frozenset(terms.grams(voice.title)) for voice in voices[:60]}

    def merit(voice: Voice) -> tuple[float, int]:
        words = vocabularies.get(voice.key, frozenset())
        others = [_overlap(words, other) for key, other in vocabularies.items() if key != voice.key]
        central = sum(others) / len(others) if others else 0.0
        value = voice.authority + 0.4 * voice.primary + 1.5 * central + _headline(voice)
        return (round(value + min(voice.length, 8000) / 40_000, 6), -voice.key)

    return tuple(sorted(voices, key=merit, reverse=True))


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared) if shared else 0.0


def _headline(voice: Voice) -> float:
    telling = sum(map(terms.weight, terms.words(voice.title)))
    # A newsletter's headline lists the day ("A ships, B raises, C leaves"), not the event.
    listed = voice.kind == "newsletter" or voice.title.count(", ") > 1 or " @ " in voice.title
    event = bool(_EVENT.search(voice.title))
    return 0.5 * min(telling, 5.0) / 5.0 + 0.3 * event - 0.6 * listed - 0.5 * (1 - _newsiness(voice.title))


# Guides and lists, opinions and questions, a product's release notes and a service's incident log.
_DULL = re.compile(
    r"everything you need to know|how to |\bguides?\b|playbook|\b101\b|step.by.step|in minutes|roundup|livestream"
    r"|podcast|replay|webinar|tickets?\b|disrupt 20|^quoting |not much happened|what to know|review\b|\bbest \d"
    r"|^\d+ best|\b\d+ (?:examples|tips|ways|things)\b|hands-on|^why |^what |^opinion|explained"
    r"|(?:system|model) card|weekly|newsletter|sponsored|register|what we're expecting|everything else|^meet |\btips\b"
    r"|^(?:is|are|has|have|does|do|can|am|should|anyone|how)\b.*\?$|anyone else|\bmy \d"
    r"|^\S* ?v?\d+(?:\.\d+)+\w*$|degraded performance|elevated (?:errors?|latenc)|\boutages? on\b",
    re.IGNORECASE,
)
_EVENT = re.compile(
    r"launch|releas|introduc|unveil|announc|acqui[rs]|merg|raises|open[- ](?:source|weight)|bans?\b|sues?\b|lawsuit"
    r"|court|ruling|settle|regulat|act\b|executive order|action plan|shuts? down|lays? off|layoffs|resign|breach"
    r"|finally|is here|now available|partnership|deal\b|ipo\b",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"\b(?:gpt|claude|gemini|llama|qwen|deepseek|grok|mistral|gpt-oss|genie|opus|sonnet)[- ]?\w*\d|gpt-oss",
    re.IGNORECASE,
)
_MONEY = re.compile(r"[$€£]\s?(\d+(?:[.,]\d+)?)\s?(trillion|billion|million|tn|bn|t|b|m)?\b", re.IGNORECASE)
_UNITS = {"t": 1e12, "b": 1e9, "m": 1e6}


@lru_cache(maxsize=20_000)
def _newsiness(title: str) -> float:
    return 0.55 if is_digest(title) or _DULL.search(terms.plain(title)) else 1.0


@lru_cache(maxsize=20_000)
def _impact(title: str) -> float:
    title = terms.plain(title)
    value = 0.4 * bool(_EVENT.search(title)) + 0.4 * bool(_NAMED.search(title))
    sums = [_amount(number, unit) for number, unit in _MONEY.findall(title)]
    # A hundred million gives 0.2, a billion 0.4, a hundred billion 0.8.
    return value + max(
        (min(1.0, max(0.0, 0.2 * (math.log10(sum_) - 7))) for sum_ in sums if sum_ > 0), default=0.0
    )


def _amount(number: str, unit: str) -> float:
    return float(number.replace(",", "")) * _UNITS.get(unit[:1].lower(), 1.0)
