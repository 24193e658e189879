"""Pure decisions of ingest: what an entry is, what is new or changed, when it happened, when to look again.

Takes values and `now`, returns what should be done; knows no database, no clock and no network.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from urllib.parse import urlsplit, urlunsplit

from courlan import normalize_url

from ingest.parse import ParsedItem
from ingest.plain import BREAK, storable

EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)  # no feed is older, so 1970 and its like are no dates
SUBSTANCE = 200  # characters from which equal content means the same item, not just the same phrase

# What changes between two looks at one entry although nobody edited it: scores and ages.
_SCORES = re.compile(
    r"(?im)^\W*(?:points?|comments?|votes?|upvotes?|score|likes?|views?|stars?|replies)\s*:?\s*\d[\d,.]*k?\s*$"
    r"|\b\d[\d,.]*k?\s+(?:points?|comments?|votes?|upvotes?|likes?|views?|stars?|replies)\b"
    r"|\b(?:\d+|an?)\s+(?:sec(?:ond)?|min(?:ute)?|hour|day|week|month|year)s?\s+ago\b"
)
_COUNTED_NAMES = "point comment vote upvote like view star"
_COUNTED = {name + ending for name in _COUNTED_NAMES.split() for ending in ("", "s")} | {
    "score",
    "replies",
    "ago",
}
# Marks that feeds add to links; any other fragment may name one entry of a long page.
_MARK = re.compile(r"^(?:atom|rss|ref|utm|xtor|ftag|comments?$|respond$|:~:)", re.IGNORECASE)
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Draft:
    """An entry as an article to be; `second` is what identifies it where its guid turns out to mean nothing."""

    identity: str
    second: str
    guid: str
    url: str
    canonical_url: str
    title: str
    author: str
    paragraphs: tuple[str, ...]
    published_at: datetime | None
    happened_at: datetime
    content_hash: str

    @property
    def feed_text(self) -> str:
        return BREAK.join(self.paragraphs)


@dataclass(frozen=True)
class Known:
    """What is stored of an article already."""

    pk: int
    identity: str
    guid: str
    canonical_url: str
    content_hash: str
    title: str
    published_at: datetime | None


@dataclass(frozen=True)
class Reading:
    """The usable entries of one answer; `repeated` came twice in it, `unusable` says why the rest is no article."""

    drafts: tuple[Draft, ...]
    repeated: int
    unusable: tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """What to do with a reading: drafts to add, articles whose content differs, and how many stay as they are.

    `renamed` are those among both that go by another guid or link now.
    """

    new: tuple[Draft, ...]
    changed: tuple[tuple[Known, Draft], ...]
    renamed: tuple[tuple[Known, Draft], ...]
    unchanged: int


def digest(*parts: str) -> str:
    """A stable name for content, 64 hexadecimal digits."""
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "replace")).hexdigest()


def words(text: str) -> str:
    """The text's words alone, in lower case: what spacing and punctuation do not change."""
    return " ".join(_WORD.findall(text.casefold()))


def canonical(url: str) -> str:
    """One spelling for all links to the same item: https, no tracking, www, default port or closing slash.

    Empty for a link that cannot tell items apart: a home page, or one too long to be stored.
    """
    if not url:
        return ""
    try:
        parts = urlsplit(normalize_url(url, strict=False))
        port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    except (ValueError, TypeError):
        return url if storable(url) else ""
    host = (parts.hostname or "").removeprefix("www.")
    fragment = "" if _MARK.match(parts.fragment) else parts.fragment
    path = parts.path.rstrip("/")
    if not path and not parts.query and not fragment:
        return ""  # a home page is no item
    whole = urlunsplit(("https", host + port, path or "/", parts.query, fragment))
    return whole if storable(whole) else ""  # what is not ASCII was spelled out, and grew


def slug(link: str) -> str:
    """The last part of a link's path, which an item keeps when its site is ordered anew."""
    return urlsplit(link).path.rstrip("/").rpartition("/")[2] if link else ""


def content_hash(title: str, paragraphs: Sequence[str]) -> str:
    """Equal for equal title and text, whatever their spacing, case, punctuation and scores."""
    return digest(told("\n".join([title, *paragraphs])))


def told(text: str) -> str:
    """What a text tells, as words: its scores and ages left out."""
    found = _WORD.findall(text.casefold())
    return words(_SCORES.sub("", text)) if _may_count(found) else " ".join(found)


def _may_count(found: Sequence[str]) -> bool:
    """Whether a score or an age may be among the words: looking for one takes longer than all else."""
    if _COUNTED.isdisjoint(found):
        return False
    around = zip(["", *found], found, [*found[1:], ""], strict=False)
    return any(
        word in _COUNTED and (word == "ago" or before[:1].isdigit() or after[:1].isdigit())
        for before, word, after in around
    )


def happened(published: datetime | None, first_seen: datetime) -> datetime:
    """The time of an article: its publication date where plausible (not after it was first seen), else `first_seen`."""
    if published is None or published < EARLIEST or published > first_seen:
        return first_seen
    return published


def read(items: Iterable[ParsedItem], now: datetime) -> Reading:
    """Entries as drafts, each with the identity it keeps from look to look; every entry is accounted for."""
    items = list(items)
    guids = Counter(item.guid for item in items)
    links = Counter(item.url for item in items)
    drafts: dict[str, Draft] = {}
    unusable: list[str] = []
    repeated = 0
    for number, item in enumerate(items, 1):
        draft = _draft(item, guids[item.guid] == 1, links[item.url] == 1, now)
        if draft is None:
            unusable.append(f"entry {number} has neither a title nor text")
        elif draft.identity in drafts:
            repeated += 1
        else:
            drafts[draft.identity] = draft
    return Reading(tuple(drafts.values()), repeated, tuple(unusable))


def _draft(item: ParsedItem, own_guid: bool, own_link: bool, now: datetime) -> Draft | None:
    title = item.title or _title_from(item.paragraphs)
    if not title:
        return None
    link, contents = canonical(item.url), content_hash(title, item.paragraphs)
    second = digest("link", link, "" if own_link else words(title)) if link else digest("content", contents)
    return Draft(
        identity=digest("guid", item.guid) if item.guid and own_guid else second,
        second=second,
        guid=item.guid,
        url=item.url,
        canonical_url=link,
        title=title,
        author=item.author,
        paragraphs=item.paragraphs,
        published_at=item.published or item.updated,
        happened_at=happened(item.published or item.updated, now),
        content_hash=contents,
    )


def _title_from(paragraphs: Sequence[str]) -> str:
    """The first words of an entry without a title, as micro-blogs have them."""
    first = next(iter(paragraphs), "")
    return first if len(first) <= 120 else first[:119].rsplit(" ", 1)[0] + "…"


@dataclass(frozen=True)
class Candidate:
    """An article that might be another's copy; a `settled` one is part of a story, so it stays the one that counts."""

    pk: int
    source: int
    canonical_url: str
    content_hash: str
    title: str
    size: int
    primary: bool
    settled: bool


def copies(candidates: Sequence[Candidate]) -> dict[int, int]:
    """Which articles are the same item as another, through another source or link: copy -> the one that counts."""
    groups: dict[int, int] = {}

    def root(pk: int) -> int:
        while groups.get(pk, pk) != pk:
            pk = groups[pk]
        return pk

    ranked = sorted(candidates, key=lambda one: (not one.settled, not one.primary, -one.size, one.pk))
    rank = {one.pk: place for place, one in enumerate(ranked)}
    for same in _same_items(candidates):
        best = min({root(one.pk) for one in same}, key=rank.__getitem__)
        for one in same:
            groups[root(one.pk)] = best
    settled = {one.pk for one in candidates if one.settled}
    return {pk: root(pk) for pk in groups if root(pk) != pk and pk not in settled}


def _same_items(candidates: Sequence[Candidate]) -> Iterable[list[Candidate]]:
    by_content: dict[str, list[Candidate]] = defaultdict(list)
    by_link: dict[str, list[Candidate]] = defaultdict(list)
    for one in candidates:
        if one.size >= SUBSTANCE:
            by_content[one.content_hash].append(one)
        if one.canonical_url:
            by_link[one.canonical_url].append(one)
    yield from (same for same in by_content.values() if len(same) > 1)
    for linked in by_link.values():
        if len(linked) > 1:
            yield from _same_link(linked)


def _same_link(linked: list[Candidate]) -> Iterable[list[Candidate]]:
    """Equal links mean the same item; where a source files several under one link (a changelog), equal titles do."""
    if max(Counter(one.source for one in linked).values()) == 1:
        yield linked
        return
    by_title: dict[str, list[Candidate]] = defaultdict(list)
    for one in linked:
        by_title[words(one.title)].append(one)
    yield from (same for same in by_title.values() if len(same) > 1)


def newest(drafts: Sequence[Draft], count: int) -> frozenset[str]:
    """Identities of the `count` newest drafts."""
    return frozenset(one.identity for one in islice(sorted(drafts, key=_age), count))


def _age(draft: Draft) -> float:
    return -draft.happened_at.timestamp()


def body_hash(body: bytes) -> str:
    """A name for an answer's bytes: an equal one needs no second reading."""
    return hashlib.sha256(body).hexdigest()
