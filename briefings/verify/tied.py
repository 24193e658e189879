"""The rule of ties: a figure stays by whom and what it belongs to, with its bound and its noun."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import lru_cache

from briefings.verify.evidence import split
from briefings.verify.figure import Date, Figure, Key, Quantity, Token
from briefings.verify.numbers import Ground, read
from briefings.verify.places import Place, Word, lowered, starts, words
from briefings.verify.spelling import for_figures, listed

REACH = 2  # content words on either side of a figure
# What stands right before a figure and makes it a bound; or right behind it.
_ABOVE = listed("""
    over above exceeding exceeds exceeded exceed topping topped surpassing surpassed beyond
    more_than greater_than higher_than longer_than larger_than better_than at_least north_of upwards_of upward_of
    minimum_of no_less_than no_fewer_than not_less_than not_fewer_than
    """)
_BELOW = listed("""
    under below nearly almost less_than fewer_than lower_than smaller_than shorter_than at_most up_to as_much_as
    as_many_as
    as_few_as as_little_as just_under close_to maximum_of short_of no_more_than not_more_than no_longer_than
    """)
_MORE = listed("or_more or_above or_higher or_greater or_over or_older or_longer and_above and_over and_up")
_LESS = listed("or_less or_fewer or_below or_lower or_under or_younger and_below and_under")
# One of these is in every bound.
_BOUNDING = listed("""
    over above exceeding exceeds exceeded exceed topping topped surpassing surpassed beyond than least north upwards
    upward minimum under below nearly almost most up much many few little close maximum short
    more higher greater older longer less fewer lower younger
    """)
_ROUGHLY = listed("about around roughly approximately some nearly almost close")
_BETWEEN = frozenset(["a", "an", "the", "just", "some"])
_ALIKE = (
    listed("people person persons user users customer customers consumer consumers subscriber subscribers"),
    listed("worker workers employee employees staff staffers job jobs position positions people"),
    listed("american americans adult adults voter voters people citizen citizens"),
    listed("firm firms company companies business businesses startup startups"),
    listed("dead deaths killed died fatalities people"),
)


class _Placed:
    """A figure in its sentence; what stands around it is looked at when it is asked for."""

    __slots__ = ("_adjacent", "_alone", "_before", "_behind", "_place", "_sign", "figure", "kinds", "values")

    def __init__(
        self, figure: Figure, text: str, before: Sequence[Word], behind: Sequence[Word], adjacent: bool
    ) -> None:
        self.figure = figure
        self.kinds, self.values = _readings(figure.keys)
        self._before, self._behind, self._adjacent = before, behind, adjacent
        self._sign = text[figure.end : figure.end + 1]
        self._alone: Ground | None = None
        self._place: Place | None = None

    @property
    def ground(self) -> Ground:
        """This figure alone."""
        if self._alone is None:
            self._alone = Ground()
            self._alone.add_figure(self.figure)
        return self._alone

    @property
    def place(self) -> Place:
        """The content words between it and the next figure on either side."""
        if self._place is None:
            last = [word for word in self._before if word.content][-REACH:]
            following = [word for word in self._behind if word.content][:REACH]
            self._place = frozenset(
                [*(("before", word.stem) for word in last), *(("behind", word.stem) for word in following)]
            )
        return self._place

    def alike(self, other: _Placed) -> tuple[int, int]:
        """How many of these words both have, on the same side and on either."""
        either = {stem for _, stem in self.place} & {stem for _, stem in other.place}
        return len(self.place & other.place), len(either)

    @property
    def noun(self) -> Word | None:
        """The plural right behind it: what it counts."""
        word = self._behind[0] if self._behind and self._adjacent else None
        return word if word and word.content and word.lower.endswith("s") else None

    @property
    def rough(self) -> bool:
        """Whether it is told as about right."""
        return not _ROUGHLY.isdisjoint(word.lower for word in self._before[-2:])

    @property
    def bound(self) -> int:
        """1: more than it, -1: less, 0: neither."""
        near = "_".join(word.lower for word in self._behind[:2])
        if self._sign == "+" or near in _MORE:
            return 1
        if near in _LESS:
            return -1
        before = [word.lower for word in self._before[-4:]]
        if before and before[-1] in _BETWEEN:
            before = before[:-1]
        for count in (3, 2, 1):
            phrase = "_".join(before[-count:])
            if phrase in _ABOVE:
                return 1
            if phrase in _BELOW:
                return -1
        return 0


def loose(text: str, within: str) -> Iterator[str]:
    """What is wrong about the figures of `text` that do stand `within` the evidence."""
    own, bounded = _placed(text), "+" in text or not _BOUNDING.isdisjoint(lowered(text))
    theirs = [each for sentence in split(within) for each in _placed(sentence)] if own else []
    for here in own:
        matched = [
            there
            for there in theirs
            if not here.values.isdisjoint(there.values) and there.ground.holds(here.figure)
        ]
        if not matched:
            continue
        bound = here.bound if bounded else 0
        if bound and all(there.bound != bound for there in matched):
            yield f"{here.figure.raw!r} has another bound"
        if not bound and not here.rough and here.figure.claim and all(there.bound for there in matched):
            yield f"{here.figure.raw!r} has no bound, and one"
        if here.figure.claim:
            yield from _misplaced(here, matched, theirs)
            if here.noun and "number" in here.kinds and not _counted(here.noun, within):
                yield f"{here.figure.raw!r} does not count {here.noun.text}"


def _misplaced(here: _Placed, matched: list[_Placed], theirs: list[_Placed]) -> Iterator[str]:
    others = [
        there
        for there in theirs
        if there.figure.claim and there not in matched and here.kinds & there.kinds - {"token"}
    ]
    same, either = zip(*(here.alike(there) for there in matched), strict=True) if others else ((), ())
    for there in others:
        beside, about = here.alike(there)
        if beside > max(same) and about > max(either):
            yield f"{here.figure.raw!r} stands where {there.figure.raw!r} does"
            return


@lru_cache(maxsize=10_000)
def _readings(keys: tuple[Key, ...]) -> tuple[frozenset[str], frozenset[object]]:
    """The kinds of a figure's readings, and what two figures share that may be one."""
    return frozenset(map(_kind, keys)), frozenset(value for key in keys for value in _values(key))


def _kind(key: Key) -> str:
    if isinstance(key, Quantity):
        return "number" if key.unit in ("", "count") else key.unit
    return "date" if isinstance(key, Date) else "token"


def _values(key: Key) -> tuple[object, ...]:
    if isinstance(key, Quantity):
        return (key.value, key.base)
    return (key.month,) if isinstance(key, Date) else (key.text,)


def _counted(noun: Word, within: str) -> bool:
    held, stems = {word.lower for word in words(within)}, {word.stem for word in words(within)}
    return noun.stem in stems or any(group & held for group in _ALIKE if noun.lower in group)


@lru_cache(maxsize=2048)  # a passage supports several sentences of its brief
def _placed(text: str) -> tuple[_Placed, ...]:
    if not (found := read(text)):
        return ()
    spelled = for_figures(text)
    among, begins = words(spelled), starts(spelled)
    # What a claimed figure's words are, so that its neighbours' end there.
    claims = [
        (figure.start, figure.end, bisect_left(begins, figure.start), bisect_left(begins, figure.end))
        for figure in found
        if figure.claim and not isinstance(figure.keys[0], Token)
    ]
    placed = []
    for figure in found:
        at, after = bisect_left(begins, figure.start), bisect_left(begins, figure.end)
        first, last = max(0, at - 10), min(len(among), after + 10)
        for start, end, begun, passed in claims:
            if end <= figure.start:
                first = max(first, passed)
            elif start >= figure.end:
                last = min(last, begun)
                break
        before, behind = among[first:at], among[after:last]
        adjacent = begins[after : after + 1] == [figure.end + 1] and spelled[figure.end] == " "
        placed.append(_Placed(figure, spelled, before, behind, adjacent))
    return tuple(placed)
