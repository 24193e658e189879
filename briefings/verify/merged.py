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
SEAM = 3  # words before a seam by which the sentence that they are from is known
_EXPLETIVE = frozenset(["there"])
_NOBODY = frozenset(["there", "this", "that", "what"])  # nobody is left out for one of these
_OF_ONE = listed("is was has does isn't wasn't hasn't it he she this")
_OF_MANY = listed("are were have do aren't weren't haven't they we these those")


def put_together(text: str, grounds: Iterable[str]) -> Iterator[str]:
    """What `text` says of its subject though the source says it of another, whom `text` leaves out."""
    own = words(FRAME.sub("", text))
    if not own:
        return
    passages = [[words(sentence) for sentence in split(ground)] for ground in grounds]
    found = [
        (*_shared_end(own, theirs), theirs, sentences[:place], sentences)
        for sentences in passages
        for place, theirs in enumerate(sentences)
    ]
    longest = max((run for run, *_ in found), default=0)
    if not LEAST <= longest < len(own):
        return
    before, behind = own[:-longest], own[-longest:]
    told = set().union(*(_content(sentence) for sentences in passages for sentence in sentences))
    ends = [
        _another(before, theirs, at, earlier, told)
        or _spliced(before, behind, theirs, at, [each for each in sentences if each is not theirs])
        for run, at, theirs, earlier, sentences in found
        if run == longest
    ]
    if all(ends):
        yield f"what follows {before[-1].text!r} is said of another"


def _spliced(
    before: Sequence[Word],
    behind: Sequence[Word],
    theirs: tuple[Word, ...],
    at: int,
    others: Sequence[tuple[Word, ...]],
) -> bool:
    """Whether the words of one sentence go on with those of `theirs`, where something else stands before them."""
    told = _content(before)
    if not at or (told and told <= _content(theirs[:at])):
        return False  # what stands between is left out
    seam = [word.lower for word in before[-SEAM:]]
    followed = [
        other[place + len(seam)].lower
        for other in others
        for place in range(len(other) - len(seam))
        if [word.lower for word in other[place : place + len(seam)]] == seam
    ]
    verb, subject = behind[0].lower, theirs[at - 1].lower
    if not followed or subject in {word.lower for word in before}:
        return False
    number = _number(verb)
    if number and any(_number(each) not in (0, number) for each in (*followed, seam[-1])):
        return True
    last = " ".join(word.text for word in theirs[max(0, at - 3) : at])
    pointing = subject in _POINTING - _EXPLETIVE or any(
        found.end() == len(last) for found in POINTS.finditer(last)
    )
    return not pointing and (bool(told) or seam[-1] in _NOBODY)


def _number(word: str) -> int:
    """1 where a verb or pronoun is told of one, 2 of many, 0 where it does not tell."""
    return 1 if word in _OF_ONE else 2 if word in _OF_MANY else 0


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
