"""What a question asks for, told from its words; pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from briefings.terms import stem, terms
from ingest.plain import visible


class Kind(StrEnum):
    """The sort of answer that is wanted."""

    AMOUNT = "amount"
    COUNT = "count"
    WHEN = "when"
    WHO = "who"
    WHERE = "where"
    WHY = "why"
    HOW = "how"
    WHETHER = "whether"
    WHAT = "what"


# Words of one meaning, the first standing for all; words of a question that mean nothing beside its kind.
_SAME = """
cost price pricing priced fee
launch release unveil debut introduce
buy acquire purchase acquisition
company firm corporation
rival competitor
staff employee worker workforce
begin start
stop end halt cease
drawback downside catch disadvantage
chief ceo boss
critic opponent
big large huge
people user customer
"""
_CANON = {stem(word): stem(line.split()[0]) for line in _SAME.strip().splitlines() for word in line.split()}
_LIGHT_WORDS = """
tell explain mean know exact exactly actually happen story article brief source sources describe detail details
information please question answer reason amount number date total overall talk ask asks want wants think go
anybody anyone somebody someone anything
"""
# They are no content, yet two questions that differ in one of them ask two things.
_TELLING_WORDS = """
before after more less fewer most least first last next previous earlier later over under up down off against
without not no never nor only still already again other another
"""
_POINTING_WORDS = """
it its this that these those they them their he she him his her there then one
"""
_TELLING, POINTING = frozenset(_TELLING_WORDS.split()), frozenset(_POINTING_WORDS.split())
_PERSONAL = frozenset("i me my mine myself we us our ours you your i'm i've i'd we're we've".split())  # noqa: SIM905
_ORDERED = frozenset("than by from to against versus vs over for with".split())  # noqa: SIM905
# Whose it is changes nothing where the thing is the same: "lower its prices", "lower prices".
_POSSESSIVE = frozenset({"its", "their", "his", "her"})
_NEGATED = re.compile(r"n[’']t\b", re.IGNORECASE)
_KINDS = (
    (Kind.WHY, r"\bwhy\b|\bhow come\b|\breasons?\b"),
    (Kind.WHEN, r"\bwhen\b|\b(?:what|which) (?:date|day|month|year|time)\b|\bhow (?:soon|long ago)\b"),
    (Kind.WHERE, r"\bwhere\b|\b(?:what|which) (?:country|city|state|place)\b"),
    (
        Kind.AMOUNT,
        r"\bhow much\b|\b(?:what|whats|what[’']s)\b.{0,60}\b(?:price|cost|fee|worth|value|valuation|percentage|share|"
        r"sum|amount)s?\b|\bhow (?:big|large|expensive|cheap|pricey|high|fast|far|long)\b",
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
_WORDS = re.compile(r"[\w’'-]+")
_CONTRACTED = re.compile(r"\b(what|who|where|when|why|how|it|that|there)[’']s\b", re.IGNORECASE)
_FUTURE = frozenset({"will", "won't", "shall", "going", "gonna"})
_BE = frozenset({"is", "are", "was", "were", "be", "been", "being"})


@dataclass(frozen=True, slots=True)
class Question:
    """`terms` are its content words in order, brought to one form; `marks` small words that tell it from others.

    `personal`: it speaks of who asks. `points`: it says "it" or "that", or too little to be understood alone.
    `done_to`: it asks what something is, or what is done to it ("was sued"), and not what it does ("did sue").
    """

    text: str
    kind: Kind
    terms: tuple[str, ...]
    marks: tuple[str, ...]
    personal: bool
    points: bool
    done_to: bool

    @property
    def ordered(self) -> bool:
        """Whether it matters which of its words comes first."""
        return any(word in _ORDERED for word in _lower(self.text))


def clean(text: str) -> str:
    """What a reader typed as one line of visible text."""
    return " ".join(visible(text).split())


@lru_cache(maxsize=512)
def read(text: str) -> Question:
    """The question as far as its words tell."""
    plain = _CONTRACTED.sub(r"\1 is", text)
    words = _lower(plain)
    content = tuple(each for each in map(canon, terms(plain)) if each not in _light())
    negated = tuple("not" for _ in _NEGATED.findall(plain))
    future = ("will",) if _FUTURE.intersection(words) else ()
    telling = (word for word in words if word in _TELLING or word in POINTING - _POSSESSIVE)
    return Question(
        text=text,
        kind=_kind(plain),
        terms=content,
        marks=tuple(sorted((*telling, *negated, *future))),
        personal=any(word in _PERSONAL for word in words),
        points=any(word in POINTING for word in words) or not content,
        done_to=any(word in _BE for word in words) and not any(word.endswith("ing") for word in words),
    )


@lru_cache(maxsize=20_000)
def canon(term: str) -> str:
    """The one form of a stemmed word and those that mean the same."""
    short = _shorter(term)
    return _CANON.get(term) or _CANON.get(short) or short


def _shorter(term: str) -> str:
    """Endings that the stems of other purposes leave to short words: asked, costs, using."""
    for ending, least in (("ing", 3), ("ed", 3), ("s", 3)):
        if term.endswith(ending) and not term.endswith("ss") and len(term) - len(ending) >= least:
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
    return frozenset(map(canon, terms(text)))
