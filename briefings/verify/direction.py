"""The rule of direction: what rose did not fall, and what was denied was not confirmed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from briefings.terms import stem
from briefings.verify.places import lowered, place, words

# Each row holds two sets of words that turn a statement into its opposite, in all their forms.
_ROWS = """
rise rises rose risen rising climb climbs climbed surge surges surged soar soared jump jumps jumped gain gains gained up
| fall falls fell fallen falling drop drops dropped decline declines declined plunge plunged sink sank slump slumped
  lost down

grow grows grew grown growing growth expand expands expanded | shrink shrinks shrank shrunk shrinking

increase increases increased increasing raise raises raised
| decrease decreases decreased reduce reduces reduced cut cuts lowered

more over above greater exceeds exceeded | less fewer under below

most | least

higher highest | lower lowest

larger largest bigger biggest | smaller smallest

longer longest | shorter shortest

faster fastest quicker | slower slowest

better best stronger improves improved improve | worse worst weaker worsens worsened worsen

cheaper cheapest | dearer costlier pricier

before | after

earlier | later

first | last

win wins won beat beats beaten | lose loses lost

succeed succeeds succeeded success successful | fail fails failed failure unsuccessful

approve approves approved approval | reject rejects rejected rejection block blocked

accept accepts accepted agree agrees agreed | reject rejects rejected refuse refuses refused decline declines declined

back backs backed support supports supported endorse endorses endorsed | oppose opposes opposed

praise praises praised welcome welcomes welcomed
| criticize criticizes criticized criticise criticised condemn condemns condemned

confirm confirms confirmed admit admits admitted acknowledge acknowledges acknowledged
| deny denies denied dispute disputes disputed

allow allows allowed permit permits permitted
| ban bans banned forbid forbids forbidden prohibit prohibits prohibited prevent prevents prevented

legal lawful | illegal unlawful

start starts started begin begins began begun | stop stops stopped end ends ended

launch launches launched introduced | cancel cancels canceled cancelled withdrew withdrawn

opens opened | closes closed shut

add adds added | remove removes removed

join joins joined | leave leaves left quit

hire hires hired | fire fires fired

buy buys bought acquire acquires acquired purchased | sell sells sold

profit profits profitable | loss losses unprofitable

likely | unlikely

able | unable

expected | unexpected

safe | unsafe dangerous

with | without

always | never

guilty | innocent acquitted

public | private secret

clear | unclear

known | unknown

same | different

strengthen strengthens strengthened tighten tightens tightened | weaken weakens weakened loosen loosens loosened
"""
_SIDES: dict[str, list[tuple[int, int]]] = {}
for _row, _line in enumerate(_ROWS.split("\n\n")):
    for _side, _half in enumerate(_line.split("|")):
        for _word in _half.split():
            _SIDES.setdefault(_word, []).append((_row, _side))

_PIECE = re.compile(r"[A-Za-z]+(?:n[’']t\b)?|[,.;:—–]")
_NOT = frozenset(
    [
        "not",
        "no",
        "never",
        "nobody",
        "none",
        "neither",
        "nor",
        "without",
        "cannot",
        "hardly",
        "barely",
        "nothing",
    ]
)
_NEGATED = re.compile(r"n[’']t\b")
_NOBODY = frozenset(["nobody", "none", "nothing", "neither"])
_SMALL_WORDS = """
a an the and or so as at by for from in into of on onto to with than then that this these those it its he she
they we you i his her their our your my him them us me who whom whose which what when where while if is are
was were be been being am has have had having do does did doing will would can could may might must should
shall just even ever also very too there here any some all both each other own such up out off over about
around after before since until one only more most
"""
_SMALL = frozenset(_SMALL_WORDS.split())
# In other words a "not": "declined to say" is "did not say".
_AS_GOOD_AS_NOT = re.compile(
    r"\b(?:un(?:able|willing|likely|clear|known|aware)|fail\w*|refus\w+|den(?:y|ies|ied)|declin\w+|lack\w*|rarely|seldom|"
    r"stop\w*|prevent\w*|ban(?:s|ned)?|avoid\w*|missing|yet to|against|reject\w*|exclud\w+|omit\w*|free of|instead of|"
    r"rather than|absent|absence|impossible|far from|too \w+ to|few|little|except|least)\b",
    re.IGNORECASE,
)
# A claim denied, not a motion or a visa: "denied on Tuesday that it had", "denies having".
_DENIAL = re.compile(
    r"\bden(?:y|ies|ied|ying) (?:\w+ing\b|(?:[\w’'-]+ ){0,4}?that\b)(?P<what>[^.;!?]*)", re.IGNORECASE
)
_TURNED = re.compile(
    r"\b(?:not|no|never|nobody|none|neither|cannot|false\w*|untrue|disput\w+|refut\w+|rebut\w*|contradict\w*|dismiss\w*)\b"
    r"|n[’']t\b",
    re.IGNORECASE,
)
DENIED = 2  # content words of what is denied that make it a statement's subject
WINDOW, WIDE = 3, 8  # content words behind a "not", or a "nobody", that it may turn


def reversed_words(text: str, stated: str) -> Iterator[str]:
    """The words of `text` that say the opposite of `stated`, the sentences it rests on."""
    yield from _opposites(text, stated)
    yield from _negated_otherwise(text, stated)
    yield from _denied(text, stated)


def _denied(text: str, stated: str) -> Iterator[str]:
    """What the source has somebody deny and says nowhere else, told as if it were so."""
    for claim in _DENIAL.finditer(stated):
        if _TURNED.search(text) or _AS_GOOD_AS_NOT.search(text):
            return
        elsewhere = _content(f"{stated[: claim.start()]} {stated[claim.end() :]}")
        if len(told := (_content(text) & _content(claim["what"])) - elsewhere) >= DENIED:
            yield f"{min(told)}, told as so"
            return


def _content(text: str) -> set[str]:
    return {word.stem for word in words(text) if word.content}


def _opposites(text: str, stated: str) -> Iterator[str]:
    """Words that stand where the source has a word of the other side, by their neighbours."""
    own, theirs = words(text), words(stated)
    sided = [(at, word) for at, word in enumerate(own) if word.lower in _SIDES]
    if not sided:
        return
    there = [(at, side) for at, word in enumerate(theirs) for side in _SIDES.get(word.lower, ())]
    for at, word in sided:
        for row, side in _SIDES[word.lower]:
            here = place(own, at)
            same = [len(here & place(theirs, other)) for other, found in there if found == (row, side)]
            opposite = [
                len(here & place(theirs, other)) for other, found in there if found == (row, 1 - side)
            ]
            if opposite and max(opposite) > max(same, default=0):
                yield word.text
                break


def _negated_otherwise(text: str, stated: str) -> Iterator[str]:
    """What the statement negates and its source does not, or the other way round."""
    if not _negates(text) and not _negates(stated):
        return
    own, theirs = _polarity(text), _polarity(stated)
    if own.count > theirs.count and own.count > theirs.count + len(_AS_GOOD_AS_NOT.findall(stated)):
        yield "one more negation"
        return
    for one, other, says in ((own, theirs, "negated"), (theirs, own, "not negated")):
        turned = one.window if not other.window else one.heads
        for word in sorted((turned & other.plain) - other.window):
            yield f"{word}, {says}"
            break


def _negates(text: str) -> bool:
    return not _NOT.isdisjoint(lowered(text)) or _NEGATED.search(text) is not None


@dataclass(frozen=True, slots=True)
class _Polarity:
    """Stems of content words: `heads` stand right behind a negation, `window` near behind one, `plain` elsewhere.

    `count`: how many negations there are.
    """

    heads: frozenset[str]
    window: frozenset[str]
    plain: frozenset[str]
    count: int


_WORD, _NEGATION, _TURN, _MARK, _LITTLE = range(5)


@lru_cache(maxsize=20_000)
def _piece(written: str) -> tuple[int, str]:
    """What a piece of text is to a negation, and its word: a content word's stem."""
    word = written.lower().replace("’", "'")
    if not word[0].isalpha():
        return _MARK, word
    if word == "but":
        return _TURN, word
    if word in _NOT or word.endswith("n't"):
        return _NEGATION, word
    return (_LITTLE, word) if word in _SMALL else (_WORD, stem(word))


@lru_cache(maxsize=1024)
def _polarity(text: str) -> _Polarity:
    heads: set[str] = set()
    window: set[str] = set()
    plain: set[str] = set()
    first, left, count = False, 0, 0
    for kind, word in map(_piece, _PIECE.findall(text)):
        if kind == _WORD:
            (window if left else plain).add(word)
            if first:
                heads.add(word)
            first, left = False, max(0, left - 1)
        elif kind == _NEGATION:
            first, left, count = True, WIDE if word in _NOBODY else WINDOW, count + 1
        elif kind == _TURN or (kind == _MARK and left < WINDOW):  # "not, comparatively speaking, the result"
            first, left = False, 0
    return _Polarity(frozenset(heads), frozenset(window), frozenset(plain), count)
