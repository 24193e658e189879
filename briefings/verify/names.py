"""The name rule: a sentence names whom its evidence names, a lens's reasoning whom the brief names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from briefings.terms import STOP, stem
from briefings.verify.places import place, words

_WORD = re.compile(r"[^\W_][\w'’&.-]*[\w]|[^\W_]")
_OPENER = re.compile(r"(?:^|[.!?:;“\"(]\s*)$")  # held against the few characters before a word
_PART = re.compile(r"[-.&/]")
_GENITIVE = re.compile(r"['’]s$")
_ROMAN = re.compile(r"^[IVX]+$")
_CAPITALS = re.compile(r"[A-Z][\w’'-]*(?: (?:(?:of|for|and|the) )?[A-Z][\w’'-]*)+")
POINTS = re.compile(
    r"\b(?:it|its|he|his|him|she|her|they|their|them|"
    r"the (?:\w+ )?(?:company|firm|startup|start-up|lab|maker|giant|group|agency|commission|regulator|bank|carrier|"
    r"network|site|service|platform|app|model|models|tool|chip|product|deal|round|case|court|judge|suit|lawsuit|bill|law|"
    r"rule|rules|plan|president|senator|chairman|director|chief|executive|founder|spokes\w+|professor|researchers?|"
    r"former|latter|two|pair|duo|team|report|study|paper|release|launch|update|system|software|device|phone))\b",
    re.IGNORECASE,
)
_OPENING = re.compile(
    r"(?:The )?([A-Z][\w’'-]+)(?: (is|was|has|had|will|would|can|could|may|might|says?|said|stated|states|told|wants?"
    r"|plans?|announced|reports?|reported|argues?|argued|claims?|claimed|did|does)\b)?"
)
_FIRST_PERSON = re.compile(r"\b(?:[Ww]e|[Oo]ur|[Oo]urs|[Uu]s|I|[Mm]y|[Mm]e)\b")
_QUOTED = re.compile(r"“[^”]*(?:”|$)|\"[^\"]*(?:\"|$)")

# Abbreviations a reader at work uses in any sentence, and words that English writes with a capital.
_COMMON_WORDS = (
    "ai ml llm llms api apis it hr pr r&d roi kpi kpis ceo cto cfo cio coo cmo ciso vp gpu gpus cpu saas poc rfp rfps "
    "sla slas faq b2b b2c us u.s uk eu i i'd i'll i'm i've english american european western asian monday tuesday "
    "wednesday thursday friday saturday sunday internet web q&a ip pii"
)
_COMMON = frozenset(_COMMON_WORDS.split())
# As the first word of a sentence a name looks like any other word; these are told apart.
_WELL_KNOWN_NAMES = (
    "google microsoft apple amazon nvidia anthropic tesla intel ibm oracle samsung baidu alibaba tencent bytedance "
    "huawei mistral cohere perplexity salesforce adobe netflix uber twitter facebook instagram youtube tiktok reddit "
    "github gitlab slack zoom spotify snowflake databricks palantir qualcomm broadcom amd tsmc asml micron dell cisco "
    "claude gemini llama grok copilot chatgpt gpt qwen gemma sora midjourney altman musk zuckerberg nadella pichai "
    "amodei huang trump biden china europe america japan india germany france britain taiwan russia congress "
    "washington brussels beijing london california stanford harvard mit"
)
_WELL_KNOWN = frozenset(_WELL_KNOWN_NAMES.split())


@lru_cache(maxsize=50_000)
def _fold(word: str) -> str:
    word = word.lower().replace("’", "'")
    return word if word.isalnum() else re.sub(r"'s$|['.]$", "", word)


@lru_cache(maxsize=256)
def names(text: str) -> tuple[str, ...]:
    """Words that look like proper names: capitals inside a sentence, inner capitals or known names at its start."""
    found = []
    for match in _WORD.finditer(text):
        word = match[0]
        if word.islower() or not (bare := _bare(word)):
            continue
        if _is_name_anywhere(bare) or (
            bare[0].isupper() and not _OPENER.search(text[max(0, match.start() - 4) : match.start()])
        ):
            found.append(bare)
    return tuple(found)


@lru_cache(maxsize=50_000)
def _bare(word: str) -> str:
    """`word` without a genitive's ending; empty for what is written with a capital and names nobody."""
    bare = _GENITIVE.sub("", word)
    return "" if _ROMAN.match(bare) or _fold(word) in _COMMON else bare


@lru_cache(maxsize=50_000)
def _is_name_anywhere(bare: str) -> bool:
    """Whether a word is a name even where a sentence begins: by a capital inside it, or because it is well known."""
    if any(letter.isupper() for letter in bare[1:]) and not _is_compound(bare):
        return True
    return bare[0].isupper() and _fold(bare) in _WELL_KNOWN


def _is_compound(word: str) -> bool:
    """AI-driven, IT-led: a common abbreviation with a lower-case tail."""
    head, _, tail = word.partition("-")
    return bool(tail) and tail.islower() and _fold(head) in _COMMON


def vocabulary(texts: Iterable[str]) -> frozenset[str]:
    """All words of `texts`, folded: what may be named."""
    return frozenset().union(*map(_held, texts))


@lru_cache(maxsize=512)
def _held(text: str) -> frozenset[str]:
    words: set[str] = set()
    for word in set(_WORD.findall(text)):
        words.add(_fold(word))
        if not word.isalnum():
            words.update(_fold(part) for part in _PART.split(word) if part)
    return frozenset(words)


def strangers(text: str, known: frozenset[str]) -> tuple[str, ...]:
    """The names in `text` that are not in `known`, whole, part by part or in the plural."""
    return tuple(name for name in names(text) if not _is_known(name, known))


def _is_known(name: str, known: frozenset[str]) -> bool:
    def has(part: str) -> bool:
        folded = _fold(part)
        return folded in known or folded.removesuffix("s") in known or part.islower()

    return has(name) or all(has(part) for part in _PART.split(name) if part)


def ungrounded(text: str, stated: str, around: str, publishers: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The names of `text` that its evidence does not have.

    What stands only `around` the evidence may be named where the evidence points at something ("it", "the company"),
    and who publishes it where it says "we".
    """
    unknown = strangers(text, vocabulary((stated,)))
    if not unknown:
        return ()
    near, own = vocabulary((around,)), vocabulary(publishers)
    return tuple(
        name
        for name in unknown
        if not _spells_out(name, text, stated, around)
        and not (_is_known(name, near) and _meant(name, text, stated, POINTS))
        and not (_is_known(name, own) and _meant(name, text, _QUOTED.sub(" ", stated), _FIRST_PERSON))
    )


def named_among(text: str, publishers: Iterable[str]) -> bool:
    """Whether `text` speaks of one of the publishers, by a word of its name."""
    own = {word for publisher in publishers for word in _WORD.findall(publisher) if word[0].isupper()}
    return not own.isdisjoint(names(text))


def opening(text: str, stated: str, around: str, articles: Iterable[str]) -> str | None:
    """The word that opens `text` if it is a name of somebody its evidence does not have there.

    As the first word a name looks like any other; the cited articles show which it is, and else what stands behind it.
    """
    found = _OPENING.match(text)
    if not found or found[1].lower() in STOP:
        return None
    word = re.sub(r"['’]s$", "", found[1])
    if _is_known(word, vocabulary((stated,))) or stem(word) in {each.stem for each in words(stated)}:
        return None
    if _is_known(word, vocabulary((around,))) and _meant(word, text, stated, POINTS):
        return None
    written = [_written(article) for article in articles]
    if any(word.lower() in plain for _, plain in written):
        return None
    named = any(word in capitals for capitals, _ in written)
    return word if named or (found[2] and not word.endswith("s")) else None


@lru_cache(maxsize=16)  # articles of the brief at hand
def _written(article: str) -> tuple[frozenset[str], frozenset[str]]:
    """The words that an article writes with a capital inside a sentence, and those that it writes without."""
    return frozenset(names(article)), frozenset(word for word in _WORD.findall(article) if word.islower())


def _meant(name: str, text: str, stated: str, points: re.Pattern[str]) -> bool:
    """Whether the evidence has something that points where the statement has the name: "it said" for "Harbor said"."""
    own, theirs = words(text), words(stated)
    at = next((at for at, word in enumerate(own) if word.text in name or name in word.text), None)
    if at is None:
        return False
    here = place(own, at)
    # The nearest content word that both share; what points must stand on the same side of it as the name does.
    for other, word in enumerate(theirs):
        for side, reach in (
            ("behind", theirs[max(0, other - 7) : other]),
            ("before", theirs[other + 1 : other + 8]),
        ):
            if (side, word.stem) in here and points.search(" ".join(each.text for each in reach)):
                return True
    return False


def _spells_out(name: str, text: str, stated: str, around: str) -> bool:
    """ "FTC" for "Federal Trade Commission", and a word of the long form for the short one."""
    initials = {"".join(word[0] for word in run.split()) for run in _CAPITALS.findall(f"{stated} {around}")}
    if name.replace(".", "") in initials:
        return True
    return any(
        name in run.split()
        and "".join(word[0] for word in run.split()) in vocabulary_as_written(stated + around)
        for run in _CAPITALS.findall(text)
    )


def vocabulary_as_written(text: str) -> frozenset[str]:
    """The words of a text in their own case, full stops inside abbreviations left out."""
    return frozenset(match[0].replace(".", "") for match in _WORD.finditer(text))
