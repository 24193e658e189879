"""What a text is made of for comparing it: normalised words, how much each says, names and figures."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import lru_cache
from itertools import pairwise

# Hyphens and quotes come in many shapes ("GPT‑5" with U+2011); one shape each, so that equal words compare equal.
_SHAPES = str.maketrans(
    dict.fromkeys("\u2010\u2011\u2012\u2212", "-") | dict.fromkeys("\u2018\u2019\u02bc", "'") | {"\u00ad": ""}
)
WORD = re.compile(r"\d+(?:[.,]\d+)+|[^\W_]+(?:['-][^\W_]+|\.(?=\d)\d+)*")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")

# Words without news in them. Three grades, because "the" says nothing, "says" little, and "model" something.
_NOTHING = frozenset(
    """a about above after again all also am among an and any are aren't as at be because been before being below
    between both but by can can't cannot could did didn't do does doesn't doing don't down during each either else
    even ever every few for from further get gets getting got had has hasn't have haven't having he her here hers him his
    how i i'm if in into is isn't it it's its itself just let like made make makes making many may me might more most
    much must my no nor not now of off on once one only onto or other our out over own per put really said same say says
    see she should since so some still such than that that's the their them then there these they they're thing this
    those though through to too toward towards under until up upon us very via was wasn't way we we're well were what
    what's when where whether which while who whom whose why will with within without won't would yet you you're your
    also amp nbsp http https www com read more continue reading""".split()
)
_LITTLE = frozenset(
    """according add added adds ahead already amid announce announced announcement announces app apps around ask asks
    available back bad become becomes best better big bigger bring bringing brings build building built call called
    calls cause ceo chief come comes company could create day days deal detail details early effort end everything
    exclusive expand expect expected explain face far feature features find first five follow four full future
    give gives giving go goes going good great group half hard head help helping helps here's high hit hour idea
    including industry inside introduce introducing issue join keep key kind know last late later latest lead leader
    leave left less long look looking lot low major mean means million billion minute month months move need needs never
    new news next number offer offering offers old open part past pay people place plan planned plans point post
    power powerful price product products project public question quick quickly real reason recent recently release
    released releases releasing report reportedly reports reveal reveals review right run running second see seems
    seen service set several share show showing shows side simple small smart something soon start started starting
    state step stop story support take takes taking talk talking team tell tells ten test testing things think third
    three time times today together told took top try trying turn turns two unveil unveils update updated updates use
    used user users uses using version video want wants watch week weeks work worker working works world worth wrong
    year years yesterday here's there's launch launched launches launching""".split()
)
_SOMETHING = frozenset(
    """agent agents ai artificial assistant assistants business chatbot chatbots code coding customer customers data
    developer developers engineering enterprise fund funding google intelligence investment language large learning llm
    llms machine market model models online openai platform policy raise raised raises research researcher researchers
    safety security software startup startups system systems tech technology tool tools training valuation web
    microsoft meta apple amazon anthropic nvidia chatgpt gemini claude gpt generative reasoning search""".split()
)


def plain(text: str) -> str:
    """The text with one kind of hyphen, apostrophe and compatibility form."""
    return unicodedata.normalize("NFKC", text).translate(_SHAPES)


def words(text: str) -> list[str]:
    """Stemmed lower-case words in reading order; runs of Chinese, Japanese or Korean as pairs of characters."""
    found: list[str] = []
    for word in WORD.findall(plain(text).lower()):
        if "-" in word:
            found.extend(_compound(word))
        elif word.isascii() or not _CJK.search(word):
            found.append(stem(word))
        else:
            found.extend(word[i : i + 2] for i in range(max(1, len(word) - 1)))
    return found


@lru_cache(maxsize=20_000)
def _compound(word: str) -> tuple[str, ...]:
    # gpt-oss-20b speaks of gpt-oss as well, and open-weight of weights.
    parts = word.split("-")
    heads = ["-".join(parts[:size]) for size in range(len(parts), 1, -1)]
    return tuple(heads + [stem(part) for part in parts if len(part) > 2])


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """A light stem: possessives, plurals and verb endings of words long enough to bear it; figures stay."""
    word = word.removesuffix("'s").rstrip("'")
    if len(word) < 4 or any(c.isdigit() for c in word):
        return word
    if word.endswith("ies") and len(word) > 5:
        word = word[:-3] + "y"
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for ending in ("ing", "ed"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return _undoubled(word[: -len(ending)])
    return word.removesuffix("e") if len(word) > 5 else word


def _undoubled(word: str) -> str:
    if word[-1] == word[-2] and word[-1] not in "lsz":
        return word[:-1]
    return word.removesuffix("e")


_GRADES = {
    **{stem(word): 0.6 for word in _SOMETHING},
    **{stem(word): 0.3 for word in _LITTLE},
    **{stem(word): 0.0 for word in _NOTHING},
}


@lru_cache(maxsize=100_000)
def weight(term: str) -> float:
    """How much a stemmed word says by itself, 0 to 1.3, before anything is known of its neighbours."""
    grade = _GRADES.get(term)
    if grade is not None:
        return grade
    if term.isdigit():
        return 0.5 if len(term) < 5 else 0.8
    if len(term) == 1:
        return 0.0 if term.isascii() else 0.5
    # Letters and digits in one word is how products are called: gpt-5, o3, qwen3-coder.
    return 1.3 if any(c.isdigit() for c in term) else 1.0


# Pairs tell "deep think" from "deep trouble"; they count less than words, which more texts share.
_PAIR = 0.6


def grams(text: str) -> Counter[str]:
    """The telling words of a text and its pairs of neighbouring telling words ("deep think"), counted."""
    telling = [word for word in words(text) if weight(word)]
    found = Counter(telling)
    found.update(f"{first} {second}" for first, second in pairwise(telling))
    return found


@lru_cache(maxsize=200_000)
def gram_weight(gram: str) -> float:
    """`weight` for a word; for a pair, that of its less telling word, lessened."""
    first, _, second = gram.partition(" ")
    return _PAIR * min(weight(first), weight(second)) if second else weight(first)
