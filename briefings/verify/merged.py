"""The rule of merged claims: what a sentence of the source says of one is not told of another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from briefings.verify.evidence import split
from briefings.verify.names import POINTS
from briefings.verify.outlets import FRAME
from briefings.verify.places import Word, words
from briefings.verify.spelling import listed

LEAST = 4  # words that the end of a statement and of a source's sentence have in common, one after the other
_POINTING = listed(
    "it its he his she her they their this that these those there we our i my you your who which what"
)


def put_together(text: str, grounds: Iterable[str]) -> Iterator[str]:
    """What `text` says of its subject though the source says it of another, whom `text` leaves out."""
    own = words(FRAME.sub("", text))
    if not own:
        return
    passages = [[words(sentence) for sentence in split(ground)] for ground in grounds]
    found = [
        (*_shared_end(own, theirs), theirs, sentences[:place])
        for sentences in passages
        for place, theirs in enumerate(sentences)
    ]
    longest = max((run for run, *_ in found), default=0)
    if not LEAST <= longest < len(own):
        return
    before = own[:-longest]
    told = set().union(*(_content(sentence) for sentences in passages for sentence in sentences))
    ends = [
        _another(before, theirs, at, earlier, told) for run, at, theirs, earlier in found if run == longest
    ]
    if all(ends):
        yield f"what follows {before[-1].text!r} is said of another"


def _another(
    before: Sequence[Word],
    theirs: tuple[Word, ...],
    at: int,
    earlier: Sequence[tuple[Word, ...]],
    told: set[str],
) -> bool:
    """Whether what comes `before` the shared words is told elsewhere, and not of whom the source has there."""
    beyond = (_content(before) - _content(theirs)) & told
    if not beyond or not at:
        return False
    if not _points_back(theirs[:at]):
        whose = _content(theirs[:at])
        return bool(whose) and 2 * len(whose & _content(before)) <= len(whose)
    for sentence in reversed(earlier):
        if beyond & _content(sentence):
            return False
        if not _points_back(sentence[:3]):
            return True
    return False  # whom the passage points back to stands before it


def _shared_end(own: tuple[Word, ...], theirs: tuple[Word, ...]) -> tuple[int, int]:
    """How many words the statement's end has in common with a run in the sentence, and where that run starts."""
    best = (0, 0)
    for last, word in enumerate(theirs):
        if word.lower != own[-1].lower:
            continue
        run = 0
        while run <= last and run < len(own) and theirs[last - run].lower == own[-1 - run].lower:
            run += 1
        best = max(best, (run, last - run + 1))
    return best


def _content(among: Sequence[Word]) -> set[str]:
    return {word.stem for word in among if word.content}


def _points_back(subject: Sequence[Word]) -> bool:
    return not _POINTING.isdisjoint(word.lower for word in subject[:3]) or bool(
        POINTS.search(" ".join(word.text for word in subject))
    )
