"""The rule of charged words: a cause, a superlative, a share of all or an office stands in the evidence too."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from briefings.verify import number_words
from briefings.verify.places import Word, place, words

# Each row: what a statement may say only where its evidence says one of the row; behind the bar what else will do.
_DEGREES = """
because | since due thanks owing cause causes caused causing reason reasons result results resulted so therefore why
  given prompted prompting led blame blames blamed attributed
most majority mostly | largely mainly primarily chiefly best largest
all every everyone everybody everything | each entire entirely whole always any both anyone total unanimous unanimously
  across worldwide
each | every all per both apiece
both | two either pair duo together and
neither | nor none no not
many numerous | lots dozens hundreds thousands millions several countless plenty number scores much multiple
  broad widely
several | number multiple various some few handful many three four five six couple
some certain | several few part parts partly many number handful
few handful | little rare rarely hardly several couple small
always constantly | every all never
often frequently repeatedly | regularly many usually commonly again
sometimes occasionally | some
usually generally commonly | often most mostly normally
regularly routinely | often frequently every
rarely seldom | few little hardly uncommon rare
entirely wholly completely fully totally | all whole entire total complete full
exclusively | only solely alone
twice | two double doubled doubling
convicted | conviction guilty
adopted | adoption adopt adopts passed
illegal illegally | law unlawful unlawfully crime crimes criminal laws
exactly precisely | exact precise
dozens hundreds thousands millions billions | dozen hundred thousand million billion
percentage | points point percent
euros euro | eur
kilometers kilometres | km
"""
# These belong to the word behind them.
_SUPERLATIVES = """
first | firsts initial initially debut debuts debuted earliest inaugural original originally maiden 1st pioneer
  unprecedented
only sole solely | just alone exclusively exclusive merely single
largest biggest greatest | top leading
smallest | least lowest
best finest | top leading better
worst | worse
highest | top record peak
lowest | record least bottom
fastest quickest
newest latest | new recent last
oldest earliest | first old
second | 2nd two another again seconds
bottom | last lowest end
youngest | young
longest | long
strongest | top
cheapest | lowest least
richest wealthiest
"""
# These stand anywhere in a sentence.
_TIMES_AND_CROWDS = """
yesterday
tomorrow
today tonight | now
ago | earlier before previous previously
hour hours hourly
day days daily
week weeks weekly | fortnight
month months monthly | january february march april may june july august september october november december
year years yearly annual annually | fiscal
decade decades
employees employee workers worker staff staffers | jobs people persons engineers team
thousand | thousands
million | millions
billion | billions
trillion | trillions
users user customers customer consumers consumer subscribers | people persons accounts members audience
companies firms businesses | company firm business startups startup corporations corporation brands giants maker makers
"""
_OFFICES = """
ceo | chief
chairman chairwoman chair chairperson | head
president presidency presidential | vp
founder founders cofounder | founded started cofounded
spokesman spokeswoman spokesperson | spokespeople statement
senator senators sen | senate
governor gov | governors
representative rep | representatives congressman congresswoman house
professor | teaches
director | head
lawyer lawyers attorney attorneys | counsel solicitor
judge judges | court justice
minister | ministry
secretary | department
general | gen
subsidiary | unit owned owns owner division arm parent
rival rivals competitor competitors | compete competes competing competition
partner partners | partnership partnered partnering joint alliance
supplier suppliers | supplies supply vendor
owner | owns owned
student students | university school college
wife | husband married
husband | wife married
sister | brother siblings
brother | sister siblings
son | father mother parents child
daughter | father mother parents child
former ex | once previously earlier then onetime was
current incumbent | currently now sitting
acting interim | temporary temporarily
deputy | assistant
"""


def _needs(table: str) -> dict[str, frozenset[str]]:
    needs: dict[str, frozenset[str]] = {}
    for row in re.sub(r"\n +", " ", table).strip().split("\n"):
        said, _, also = row.partition("|")
        needs |= dict.fromkeys(said.split(), frozenset((*said.split(), *also.split())))
    return needs


_LOOSE, _OF_PEOPLE, _TIGHT = _needs(_TIMES_AND_CROWDS), _needs(_OFFICES), _needs(_SUPERLATIVES)
NEEDS = _needs(_DEGREES) | _LOOSE | _OF_PEOPLE | _TIGHT
QUOTED = re.compile(r"“[^”]*(?:”|$)|\"[^\"]*(?:\"|$)")


def held(among: Sequence[Word]) -> set[str]:
    """The words in lower case; more than half is a majority."""
    lower = [word.lower for word in among]
    halves = any(word == "half" and before in ("than", "over") for before, word in pairwise(lower))
    return {*lower, "majority"} if halves else set(lower)


def unfounded(text: str, around: str) -> Iterator[str]:
    """The charged words of `text`, outside its quotations, that `around` has in no form, or nowhere near there."""
    own = words(text)
    charged = [at for at, word in enumerate(own) if word.lower in NEEDS and not _excused(own, at)]
    if not charged:
        return
    outside, theirs = {word.lower for word in words(QUOTED.sub(" ", text))}, words(around)
    majority = "majority" in held(theirs)
    for at in charged:
        word = own[at].lower
        if majority and "majority" in NEEDS[word]:
            continue
        found = [other for other, each in enumerate(theirs) if each.lower in NEEDS[word]]
        if word in outside and not any(_there(own, at, theirs, other) for other in found):
            yield word


def _there(own: Sequence[Word], at: int, theirs: Sequence[Word], other: int) -> bool:
    """Whether a word stands among the same words in both."""
    word = own[at].lower
    if word in _LOOSE:
        return True
    here, there = place(own, at), place(theirs, other)
    if word not in _TIGHT:
        return bool({stem for _, stem in here} & {stem for _, stem in there})
    behind = {each for each in here if each[0] == "behind"}
    return bool((behind or here) & there)


def _excused(among: Sequence[Word], at: int) -> bool:
    """Whether a number counts it, which is for the rule of figures, or a name holds it ("Quay Weekly")."""
    before = among[at - 1] if at else None
    if before and (before.lower[0].isdigit() or before.lower in number_words.WORDS):
        return True
    beside = [before, among[at + 1] if at + 1 < len(among) else None]
    return (
        among[at].capital
        and among[at].lower not in _OF_PEOPLE
        and any(each and each.capital and each.content for each in beside)
    )
