"""Finds the article that an entry is, among what the same source gave before. Pure.

By guid, then by canonical link, then by content; a guid that is made up anew at each look, or that all entries share,
is no reason to store an item twice or to lose one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import replace

from ingest.decide import SUBSTANCE, Draft, Known, Plan, slug, words


def compare(drafts: Sequence[Draft], known: Sequence[Known]) -> Plan:
    """What to add, what differs, what stays, and what goes by another name now."""
    by_identity = {one.identity: one for one in known}
    names = {draft.identity for draft in drafts}
    drafts = [_own(draft, by_identity.get(draft.identity), names) for draft in drafts]
    renamed = _Renamed(known, drafts)
    new: list[Draft] = []
    found: list[tuple[Known, Draft]] = []
    for draft in drafts:
        one = by_identity.get(draft.identity) or renamed.take(draft)
        if one is None:
            new.append(draft)
        else:
            found.append((one, draft))
    changed = tuple(pair for pair in found if pair[0].content_hash != pair[1].content_hash)
    other = tuple(pair for pair in found if _goes_by_another_name(*pair))
    return Plan(tuple(new), changed, other, len(found) - len(changed))


def _goes_by_another_name(one: Known, draft: Draft) -> bool:
    moved = draft.canonical_url not in ("", one.canonical_url)
    return moved or draft.identity != one.identity


def _own(draft: Draft, one: Known | None, names: set[str]) -> Draft:
    """The draft by its second identity, where its guid was that of another item, `one`, before: all else differs.

    `names` are the identities taken in this look.
    """
    if (
        one is None
        or draft.second in names
        or (draft.canonical_url and draft.canonical_url == one.canonical_url)
        or draft.published_at == one.published_at
        or draft.content_hash == one.content_hash
        or _alike(draft.title, one.title)
    ):
        return draft
    names.add(draft.second)
    return replace(draft, identity=draft.second)


def _alike(title: str, other: str) -> bool:
    """Whether two titles share half their words."""
    ours, theirs = set(words(title).split()), set(words(other).split())
    return 2 * len(ours & theirs) >= max(1, min(len(ours), len(theirs)))


class _Renamed:
    """Articles that no entry names any more, each to be found again once by what else it is known by."""

    def __init__(self, known: Sequence[Known], drafts: Sequence[Draft]) -> None:
        present = {draft.identity for draft in drafts}
        gone = [one for one in known if one.identity not in present]
        self.by_content: dict[str, list[Known]] = defaultdict(list)
        for one in gone:
            self.by_content[one.content_hash].append(one)
        self.by_title = _only(gone, _title)
        self.by_link = _only(gone, lambda one: one.canonical_url)
        self.by_time = _only(gone, _time)
        self.links = Counter(draft.canonical_url for draft in drafts)
        self.taken: set[int] = set()

    def take(self, draft: Draft) -> Known | None:
        for one in self._candidates(draft):
            if one is not None and one.pk not in self.taken:
                self.taken.add(one.pk)
                return one
        return None

    def _candidates(self, draft: Draft) -> Iterable[Known | None]:
        # A phrase that comes back ("Product updates") is the same item only when something else says so too.
        substance = len(draft.feed_text) >= SUBSTANCE
        same = self.by_content.get(draft.content_hash, ())
        yield from (one for one in same if substance or _same_place(one, draft))
        yield self.by_title.get(_title(draft))
        if self.links[draft.canonical_url] == 1 and (one := self.by_link.get(draft.canonical_url)):
            yield one if _same_time(one, draft) else None  # a page may tell something else each day
        if (one := self.by_time.get(_time(draft))) and slug(one.canonical_url) == slug(draft.canonical_url):
            yield one  # the whole site has moved


def _same_place(one: Known, draft: Draft) -> bool:
    """Whether the links say that it is the same item, else the dates; where there is neither, the content must do."""
    if draft.canonical_url and one.canonical_url:
        return slug(draft.canonical_url) == slug(one.canonical_url)
    neither = not draft.canonical_url and draft.published_at is one.published_at is None
    return neither or _same_time(one, draft)


def _same_time(one: Known, draft: Draft) -> bool:
    return draft.published_at is not None and draft.published_at == one.published_at


def _title(one: Known | Draft) -> Hashable:
    return (one.canonical_url, one.title) if one.canonical_url else None


def _time(one: Known | Draft) -> Hashable:
    return (one.published_at, one.title) if one.published_at else None


def _only(gone: Sequence[Known], key: Callable[[Known], Hashable]) -> dict[Hashable, Known]:
    """What each key stands for, where it stands for one article alone."""
    count = Counter(map(key, gone))
    return {key(one): one for one in gone if key(one) and count[key(one)] == 1}
