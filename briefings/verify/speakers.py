"""The rule of speakers: whom a statement has for its source speaks in the evidence too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from briefings.terms import STOP

_NAME = r"[A-Z][\w.’'&-]*(?: (?:of |for |the |and )?[A-Z][\w.’'&-]*)*"
_SOURCE = re.compile(
    rf"\b(?:[Aa]ccording to|the account of) (?:the )?({_NAME})|^(?:The )?({_NAME}) reports? that\b"
)
# Whoever a statement begins with as its source; the outlet that it cites is called "the outlet" by then.
_OUTLET = re.compile(r"(?:According to (?:[Tt]he )?([^,]{2,70}),|(?:The )?(.{2,70}?) reports? that\b)")
_SPEECH = re.compile(
    r"\b(?:according|account|sa(?:ys?|id|ying)|t(?:ell|old)|wr(?:ites?|ote|itten)|report(?:s|ed)?|announce[sd]?|"
    r"state[sd]?|statement|add(?:s|ed)|note[sd]?|argue[sd]?|claim(?:s|ed)?|explain(?:s|ed)|warn(?:s|ed)|estimate[sd]?|"
    r"describe[sd]?|reveal(?:s|ed)|suggest(?:s|ed)|confirm(?:s|ed)|den(?:y|ies|ied)|publish(?:es|ed)|f(?:ind|inds|ound)|"
    r"sho(?:w|ws|wed)|tweet(?:s|ed)|testified|spokes\w+|stud(?:y|ies)|data|figures|survey|analysis|think|thinks|believes?)\b"
)
_WORD = re.compile(r"[\w’'&.-]*\w")
OPENING, NEAR = (
    4,
    6,
)  # words: where a sentence's subject stands, and how far a name is from its verb of saying


def unheard(text: str, stated: str, titles: tuple[str, ...]) -> Iterator[str]:
    """Those whom `text` names as its source though the evidence neither has them say it nor is about what they do."""
    told = (stated, *titles)
    outlet = _OUTLET.match(text)
    begun = (outlet[1] or outlet[2]) if outlet else ""
    if _is_name(begun) and not any(begun in each for each in told):
        yield begun
        return
    for match in _SOURCE.finditer(text):
        name = (match[1] or match[2]).rstrip(".")
        ends = {
            bare for word in (name.split()[0], name.split()[-1]) if (bare := _bare(word)).lower() not in STOP
        }
        known = " " not in name or any(name in each for each in told)
        if ends and not (known and any(_speaks(end, each) for end in ends for each in told)):
            yield name


def _is_name(text: str) -> bool:
    return all(
        word[0].isupper() or not word[0].isalpha() or word in ("of", "for", "and") for word in text.split()
    )


def _bare(word: str) -> str:
    return re.sub(r"[’']s$|[.’']$", "", word)


def _words(text: str) -> list[str]:
    return [_bare(word) for word in _WORD.findall(text)]


@lru_cache(maxsize=512)
def _speaks(name: str, text: str) -> bool:
    """Whether `name` opens a sentence of `text`, or stands near a word of saying."""
    return any(
        name in sentence
        and (name in _words(sentence)[:OPENING] or any(name in beside for beside in _beside_speech(sentence)))
        for sentence in re.split(r"(?<=[.!?])\s+(?=[A-Z“\"])", text)
    )


def _beside_speech(sentence: str) -> Iterator[list[str]]:
    for match in _SPEECH.finditer(sentence):
        yield _words(sentence[: match.start()])[-NEAR:] + _words(sentence[match.end() :])[:NEAR]
