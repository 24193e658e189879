"""What a question asks for, told from its words; pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import zip_longest

from briefings.terms import stem, terms
from ingest.plain import visible


class Kind(StrEnum):
    """The sort of answer that is wanted."""

    AMOUNT = "amount"
    COUNT = "count"
    WHEN = "when"
    LENGTH = "length"
    WHO = "who"
    WHERE = "where"
    WHY = "why"
    HOW = "how"
    WHETHER = "whether"
    WHAT = "what"


# Words of one meaning in all their forms, the first standing for all.
_SAME = """
cost costs price prices priced pricing
release releases released launch launches launched
buy buys bought acquire acquires acquired purchase purchased
company companies firm firms corporation corporations
rival rivals competitor competitors
employee employees staff worker workers
begin begins began begun start starts started
stop stops stopped end ends ended halt halts halted
drawback drawbacks downside downsides disadvantage disadvantages catch
ceo boss
critic critics opponent opponents
say says said
"""
# And of about one.
_ALIKE = """
cost fee fees
release unveil unveils unveiled introduce introduces introduced
people person user users customer customers
"""


def _heads(rows: str) -> dict[str, str]:
    return {word: line.split()[0] for line in rows.strip().splitlines() for word in line.split()}


_FORMS = _heads(_SAME)
# To find an answer more may count as the same than to tell two questions apart, where a wrong one would be told.
_LOOSE = {
    stem(word): stem(head)
    for word, head in (_FORMS | _heads(_ALIKE)).items()
    if not word.startswith("worker")
}
_LIGHT_WORDS = """
tell explain mean know exact exactly actually happen story article brief source sources describe detail details
information please question answer reason amount number date total overall talk ask asks want wants think go
anybody anyone somebody someone anything
"""
_POINTING_WORDS = """
it its this that these those they them their he she him his her
"""
POINTING = frozenset(_POINTING_WORDS.split())
# What goes on from something said before: "And in Europe?", "What about Google?", "What else?", "Which ones?".
_OPENER = re.compile(r"^\W*(?:and|but|or|so|then|also|plus|ok|okay|well)\b\W*", re.IGNORECASE)
_ELSE = re.compile(r"\b(?:what|how) about\b|\b(?:else|others?|another|same)\b", re.IGNORECASE)
_FURTHER = frozenset("ones one such former latter both instead too either again still".split())  # noqa: SIM905
_ASKING_WORDS = """
is are was were am do does did has have had can could will would shall should may might must please tell explain
describe list name show give summarise summarize compare
"""
_ASKING = frozenset(
    _ASKING_WORDS.split()
)  # a question without "what", "who" and the like begins with one of these
# Two questions that differ in these alone ask the same; what sort of answer they want is told by their kind.
_SMALL_WORDS = """
a an the of in on at do does did done is are was were be been being has have had will shall going gonna please tell me
know exactly exact actually just currently now what which who whom whose when where why how much many its their his her
anybody anyone somebody someone so and but number reason also ever yet
"""
_SMALL = frozenset(_SMALL_WORDS.split())
_PERSONAL = frozenset("i me my mine myself we us our ours you your i'm i've i'd we're we've".split())  # noqa: SIM905
_NEGATED = re.compile(r"n[’']t\b", re.IGNORECASE)
_KINDS = (
    (Kind.WHY, r"\bwhy\b|\bhow come\b|\breasons?\b"),
    (Kind.WHEN, r"\bwhen\b|\b(?:what|which) (?:date|day|month|year|time)\b|\bhow (?:soon|long ago)\b"),
    (Kind.LENGTH, r"\bhow long\b"),
    (Kind.WHERE, r"\bwhere\b|\b(?:what|which) (?:country|city|state|place)\b"),
    (
        Kind.AMOUNT,
        r"\bhow much\b|\b(?:what|whats|what[’']s)\b.{0,60}\b(?:price|cost|fee|worth|value|valuation|percentage|share|"
        r"sum|amount)s?\b|\bhow (?:big|large|expensive|cheap|pricey|high|fast|far)\b",
    ),
    (Kind.COUNT, r"\bhow many\b|\bwhat number\b|\bthe number of\b"),
    (
        Kind.WHO,
        r"\bwho(?:m|se)?\b|\b(?:which|what) (?:company|companies|firms?|people|person|rivals?|competitors?)\b",
    ),
    (Kind.HOW, r"\bhow\b"),
    (Kind.WHAT, r"\bwhat\b|\bwhich\b|\bwhats\b"),
)
_COMPILED = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _KINDS)
SHORTEST = 3  # letters of a word without its ending
_MEASURED = re.compile(
    r"\bhow (?:long|often|big|large|expensive|cheap|high|fast|far|good|bad|old)\b", re.IGNORECASE
)
_WORDS = re.compile(r"[\w’'-]+")
_CHIEF = re.compile(r"\bchief executive(?: officer)?\b", re.IGNORECASE)
_CONTRACTED = re.compile(r"\b(what|who|where|when|why|how|it|that|there)[’']s\b", re.IGNORECASE)
_TENSES = (  # the first that is found: "does it have" asks of today, "has it had" of what was
    ("future", frozenset({"will", "won't", "shall", "going", "gonna"})),
    ("past", frozenset({"was", "were", "did", "had", "wasn't", "weren't", "didn't", "hadn't"})),
    ("present", frozenset({"do", "does", "don't", "doesn't"})),
    ("past", frozenset({"has", "have", "hasn't", "haven't"})),
)
_BE = frozenset({"is", "are", "was", "were", "be", "been", "being"})
_HELPING = _BE | frozenset({"can", "could", "would", "should", "may", "might", "must"})
_PAST = frozenset(
    {"bought", "began", "begun", "said"}
)  # of the verbs that are taken together, the irregular ones


@dataclass(frozen=True, slots=True)
class Question:
    """`terms` are its content words in order, brought to one form, to find answers by; `words` all that tell it from
    other questions, "not" in the shape of "didn't" left out: `negated` counts these.

    `personal`: it speaks of who asks. `points`: it says "it" or "that", or too little to be understood alone.
    `leans`: that, or it may go on from what was said before ("And who pays?", "How many users?").
    `done_to`: it asks what something is, or what is done to it ("was sued"), and not what it does ("did sue").
    """

    text: str
    kind: Kind
    terms: tuple[str, ...]
    words: tuple[str, ...]
    negated: int
    tense: str
    personal: bool
    points: bool
    leans: bool
    done_to: bool


def clean(text: str) -> str:
    """What a reader typed as one line of visible text."""
    return " ".join(visible(text).split())


@lru_cache(maxsize=512)
def read(text: str) -> Question:
    """The question as far as its words tell."""
    plain = _CHIEF.sub("CEO", _CONTRACTED.sub(r"\1 is", text))
    words = _lower(plain)
    said = map(loose, terms(_MEASURED.sub("how", plain)))
    telling = tuple(word for word in said if word not in _light())
    points = not POINTING.isdisjoint(words) or not telling or _is_part(plain)
    return Question(
        text=text,
        kind=_kind(plain),
        terms=telling,
        words=tuple(_said(words)),
        negated=len(_NEGATED.findall(plain)),
        tense=_tense(words),
        personal=any(word in _PERSONAL for word in words),
        points=points,
        leans=points or _goes_on(plain, words, telling),
        done_to=any(word in _BE for word in words) and not any(word.endswith("ing") for word in words),
    )


def _is_part(plain: str) -> bool:
    """Whether it is no whole question: "And the downside?", "In Europe?", "What about Google?"."""
    own = _lower(_OPENER.sub("", plain))
    begins = bool(own) and (own[0] in _ASKING or own[0].endswith("n't"))
    return bool(_ELSE.search(plain)) or (_kind(plain) is Kind.WHETHER and not begins)


def _goes_on(plain: str, words: Sequence[str], telling: Sequence[str]) -> bool:
    """Whether it may go on from an earlier question, for all that it can be understood alone."""
    named = any(any(map(str.isupper, word)) for word in plain.split()[1:])
    little = len(telling) == 1 and not named
    return little or bool(_OPENER.match(plain)) or not _FURTHER.isdisjoint(words)


def _tense(words: Sequence[str]) -> str:
    """By its helping verb, or for want of one by the main verb: "who buys it" is not "who bought it"."""
    helped = next((name for name, marks in _TENSES if not marks.isdisjoint(words)), "")
    if helped or not _HELPING.isdisjoint(words):
        return helped or "present"
    return "past" if any(word in _PAST or word.endswith("ed") for word in words) else "present"


def _said(words: Sequence[str]) -> Iterator[str]:
    """The words by which a question is told from others, letter by letter: Roberts is not Robert.

    "This law" is "the law".
    """
    for word, following in zip_longest(words, words[1:], fillvalue=""):
        points_at = word in ("this", "these") and following not in _SMALL | {""}
        if word not in _SMALL and not points_at:
            yield _FORMS.get(word, word)


@lru_cache(maxsize=20_000)
def loose(term: str) -> str:
    """The one form of a stemmed word and those that mean about the same, to find answers by."""
    short = _shorter(term)
    return _LOOSE.get(term) or _LOOSE.get(short) or short


def _shorter(term: str) -> str:
    """Endings that the stems of other purposes leave to short words: asked, costs, using, vote."""
    for ending in ("ing", "ed", "s", "e"):
        if term.endswith(ending) and not term.endswith("ss") and len(term) - len(ending) >= SHORTEST:
            return term.removesuffix(ending)
    return term


@lru_cache(maxsize=1)
def _light() -> frozenset[str]:
    return content(_LIGHT_WORDS)


def _lower(text: str) -> list[str]:
    return [word.lower().replace("’", "'") for word in _WORDS.findall(text)]


def _kind(text: str) -> Kind:
    return next((kind for kind, pattern in _COMPILED if pattern.search(text)), Kind.WHETHER)


def content(text: str) -> frozenset[str]:
    """The content words of a text of the sources, in the form that questions have them in."""
    return frozenset(map(loose, terms(text)))
