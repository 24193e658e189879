"""Tells text that speaks to a model from text that speaks to a reader. Pure.

It is no fence: what it misses is still shown as data, answered in a schema and verified. What it finds is counted, and
is nothing a brief could rest on.
"""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

_MODEL = (
    r"(?:a\.?i\.?|artificial intelligence|(?:large )?language models?|llms?|gpt(?:-?\d\S*)?|chat ?gpt|claude|gemini"
    r"|copilot|(?:chat|web )?(?:ro)?bots?|(?:ai |automated |writing |news |virtual )?(?:assistants?|agents?|editors?"
    r"|summari[sz]ers?|crawlers?|scrapers?|copywriters?|systems?|tools?|readers?)|models?|machines?)\b"
)
_PART = (
    r"(?:headlines?|take-?aways?|bottom[ _]line|follow[ _-]?ups?|why[ _]it[ _]matters|lead (?:paragraph|sentence)"
    r"|fact[ _]?sheet|(?:your|the|each|every|this|its|any|all) (?:\w+ ){0,2}(?:summar(?:y|ies)|brief(?:ing)?s?|answers?"
    r"|repl(?:y|ies)|responses?|outputs?|write-?ups?|lens(?:es)?|digests?|editions?|newsletters?|citations?)|(?<![.\w])json"
    r"|markdown)(?![\w-])"
)
_DO = (
    r"(?:write|say|set|put|print|output|return|include|append|insert|respond|reply|answer|begin|end|start|finish|open"
    r"|close|make|change|replace|render|embed|display|show|mention|state|use|give|add|repeat|translate|prefix|conclude"
    r"|summari[sz]e|describe|call|praise|recommend|quote|cite|copy|fill|emit|produce|generate|title|leave|omit|drop"
    r"|load|fetch|link)\b"
)
_BIDDEN = rf"(?:please |you (?:must|should|will|are) |{_DO})"
_IN_YOURS = r"in your (?:answer|reply|response|output|summary|brief)\b"
# A command stands at the start of a sentence, or behind a word that makes it one.
_ORDER = (
    r"(?:^|[.!?:;,)\]\"'>–—-]\s*|\b(?:please|must|should|shall|need to|have to|and|always|instead|,) )" + _DO
)
_RULES = r"(?:(?:instruction|prompt|rule|direction|directive|guideline|guardrail|order|command|constraint)s?)"
_WITHIN = r"(?:[^.!?\n]|[.!?](?=\S))"  # one sentence; a full stop inside an address ends none
_NEAR, _FAR = _WITHIN + "{0,40}", _WITHIN + "{0,80}"


@dataclass(frozen=True, slots=True)
class _Sign:
    """A way of speaking to a model; a text without any of the `hints`, or without the `gate`, need not be searched."""

    hints: tuple[str, ...]
    pattern: re.Pattern[str]
    gate: re.Pattern[str] | None


def _sign(hints: str, pattern: str, gate: str = "") -> _Sign:
    """`hints` are set apart by blanks; a low line in one is a blank."""
    parts = tuple(hint.replace("_", " ") for hint in hints.split())
    return _Sign(parts, re.compile(pattern, re.MULTILINE), re.compile(gate) if gate else None)


_SIGNS = tuple(
    _sign(*given)
    for given in (
        (  # ignore all previous instructions
            "ignor disregard forget overrid bypass supersed discard",
            rf"\b(?:ignor\w*|disregard\w*|forget|overrid\w*|bypass|supersed\w*|discard)\b{_NEAR}\b(?:previous|prior"
            rf"|above|earlier|preceding|former|your|system|these|those) (?:\w+ ){{0,3}}"
            rf"(?:{_RULES}|text|context|facts)\b"
            rf"|\b(?:ignore|disregard|forget) (?:everything|anything|all)\b",
        ),
        (
            "instruction",
            r"\b(?:new|updated|hidden|special|additional|important) instructions?\b(?: (?:for|to) "
            rf"(?:the |any |all |an? )*{_MODEL}|\s*:)",
        ),
        (
            "system assistant developer",
            r"^\W*(?:system|assistant|developer)(?: (?:prompt|message|note|override|update|instruction))?\s*[:>\]]"
            r"|\bsystem (?:override|prompt (?:override|update))\b",
        ),
        ("<| inst] <<sys ###", r"<\|[a-z_]+\|>|\[/?inst\]|<<sys>>|^#{2,} (?:instruction|system|response)"),
        (  # if you are a language model reading this
            "reading processing summar reads parsing",
            rf"\b(?:if|when|while|as|to|for|any|all) (?:(?:you are|you're|any|an?|all|the) )*{_MODEL}{_NEAR}\b"
            r"(?:reading|processing|summari[sz]ing|parsing|reads?|summari[sz]es?) "
            r"(?:this|these|the (?:article|page|text))\b",
        ),
        (
            "you_are you're act_as pretend_to_be roleplay_as behave_like",
            r"\b(?:(?:you are|you're) (?:(?:now |no longer |actually |hereby )+(?:an? |the |bound |in )?|an? |the )"
            rf"|(?:act as|pretend to be|roleplay as|behave like) (?:an? |the )?)(?:\w+ ){{0,2}}(?:{_MODEL}|dan\b"
            r"|developer mode|debug mode|bound by)",
        ),
        (
            "note attention dear hey hello message memo notice warning important instruction",
            r"(?:^|[.!?:\[(]\s*)(?:important |urgent )?(?:note|attention|dear|hey|hello|message|memo|notice|warning"
            rf"|important|instructions?)[ ,:]*(?:(?:to|for|any|all|the|fellow|every) )*{_MODEL}",
        ),
        (
            "model assistant llm ai bot agent",
            rf"(?:^|[.!?]\s*){_MODEL}\s*[:,]\s*{_BIDDEN}",
            rf"[:,]\s*{_BIDDEN}",
        ),
        (  # the headline must be
            "headline take bottom follow matters lead fact summar brief answer repl respon output write lens digest "
            "edition newsletter citation json markdown",
            rf"{_ORDER}{_FAR}\b{_PART}|\b{_PART} (?:must|should|shall|has to|needs to|is to|are to) (?:\w+ )?(?:be|read"
            r"|say|state|contain|include|begin|end|start|open|mention|praise|link|use|cite|carry)\b"
            rf"|\b{_IN_YOURS}",
            rf"{_PART}|{_IN_YOURS}",
        ),
        (
            "\": ':",
            r"[\"'](?:headline|takeaways|passages|bottom_line|follow_ups|statement|facts|why_it_matters|disagreements"
            r"|sections|score|rank|role|content)[\"']\s*:",
        ),
        ("<<< ‹ >>>", r"<<<|‹‹‹|‹\s*(?:source|end)|>>>\s*(?:end|source)"),
        ("[a [s [r", r"\[[asr]\d+(?:\.\d+)?(?:, [asr]\d+(?:\.\d+)?)*\]"),
        (
            "end_of beginning_of",
            r"^\W*(?:end|beginning) of (?:the )?(?:source|fence|data|untrusted|article|document|passage|context)s?\b",
        ),
        (
            "score rank rate rating relevan importan priorit",
            r"\b(?:score|rank|rate|prioriti[sz]e|give|set|assign|mark|treat|put|place|list|show)\b[^.!?\n]{0,60}\b(?:"
            r"(?:score|rank|rating|relevance|importance|priority)\b[^.!?\n]{0,30}\b(?:10/10|\d+|highest|maximum|top|first)"
            r"|(?:100|10/10|highest|first|top|above)\b[^.!?\n]{0,30}\b(?:ranking|rank|edition|digest|list|stories"
            r"|briefing))\b|\b(?:score|rank|rating|relevance|importance|priority)\s*[:=]\s*(?:100|10/10|max)"
            r"|\b(?:score|rank) (?:this|it)\b[^.!?\n]{0,40}(?:\d|first|highest|top)",
        ),
        (
            "prompt secret password key credential token instructions address",
            rf"\b(?:reveal|show|print|repeat|output|include|leak|list|send|disclose|expose|return|append|write)\b{_NEAR}"
            rf"\b(?:your (?:\w+ ){{0,2}}{_RULES}|(?:your|the) (?:\w+ ){{0,2}}(?:system prompt|api keys?|secrets?"
            r"|passwords?|credentials|tokens?|e-?mail address(?:es)?)) ?",
        ),
        (
            "user reader subscriber account tenant",
            r"\b(?:use|show|read|open|include|merge|cite|quote|take|load)\b[^.!?\n]{0,30}\b(?:sources?|feeds?|profile|data"
            r"|articles?|conversations?|edition|documents?|passages?)\b[^.!?\n]{0,20}\b(?:of|from|belonging to|for) "
            r"(?:the )?(?:other )?(?:user|reader|subscriber|account|tenant)s?\b",
        ),
        (  # user B's sources
            "user reader subscriber account tenant",
            r"\b(?:use|show|read|open|include|merge|cite|quote|take|load)\b[^.!?\n]{0,30}\b(?:user|reader|subscriber|account"
            r"|tenant) [a-z0-9]\b",
        ),
        (  # an address to load is a way out for what a reader asked
            "http:// https://",
            rf"{_ORDER}{_NEAR}\b(?:image|picture|pixel|gif|icon)s?\b{_NEAR}https?://",
        ),
        (  # in other languages
            "instruc istruz anweis anleit 指令 指示 инструкц",
            r"\bignor(?:iere?n?|ez|er|a|ar|are|ate|e)\b[^.!?\n]{0,30}\b(?:instructions? pr[ée]c[ée]dentes?|anweisungen"
            r"|anleitungen"
            r"|instrucciones|instruções|istruzioni)|忽略[^。\n]{0,12}(?:指令|指示)|игнорируй\w*[^.!?\n]{0,30}инструкц",
        ),
        (
            "tell mention reveal inform",
            r"\b(?:do not|don't|never|without) (?:tell|mention|reveal|inform)\w* (?:this |it |that |anything )?(?:to )?"
            r"(?:the |any )?(?:user|reader|human|operator)s?\b",
        ),
        ("![ ]: ](/ ](h ][", r"!\[[^\]]*\]\s?[(\[]|^\s*\[[^\]]+\]:\s*\S|\]\((?:https?:)?//|\w\]\[\w+\]"),
        (
            "decode decrypt base64 rot13",
            r"\b(?:decode|decrypt|base64|rot13)\b[^.!?\n]{0,60}\b"
            rf"(?:follow|obey|execute|run|do what|and (?:do\b|{_DO}))",
        ),
    )
)
_ENCODED = re.compile(r"[A-Za-z0-9+/_-]{24,}={0,2}")
# Letters of other alphabets that look like ours. The rest as it is: a letter that the table misses costs an exception.
_ALIKE = {n: n for n in range(0x3000)} | str.maketrans("аеорсухіјѕԁһӏԛԝ", "aeopcyxijsdhlqw")


def speaks_to_model(text: str) -> bool:
    """Whether `text`, one passage, speaks to a model that reads it: commands, forged fences, forged fields, blobs."""
    return _signed(_plain(text)) or _hides_order(text)


def count(passages: Iterable[str]) -> int:
    """How many of the passages, those of one article, speak to a model."""
    passages = list(passages)
    plain = [_plain(one) for one in passages]
    # Most signs are out of the question for the whole article.
    whole = "\n".join(plain)
    likely = [sign for sign in _SIGNS if _holds(whole, sign.hints)]
    blobs = _ENCODED.search("\n".join(passages)) is not None
    return sum(
        _bears(low, likely) or (blobs and _hides_order(one)) for one, low in zip(passages, plain, strict=True)
    )


def outside_quotations(text: str) -> str:
    """`text` without what it quotes: a headline may report what was said to a model."""
    return re.sub(r"“[^”]*”|\"[^\"]*\"|(?<!\w)[‘'][^‘’']*[’'](?!\w)", " ", text)


@lru_cache(maxsize=4096)
def _signed(low: str) -> bool:
    return _bears(low, _SIGNS)


def _bears(low: str, signs: Iterable[_Sign]) -> bool:
    for sign in signs:
        if (
            _holds(low, sign.hints)
            and (sign.gate is None or sign.gate.search(low))
            and sign.pattern.search(low)
        ):
            return True
    return False


def _hides_order(text: str) -> bool:
    return any(_signed(_plain(hidden)) for hidden in _decoded(text))


def _holds(low: str, hints: Sequence[str]) -> bool:
    for hint in hints:  # noqa: SIM110 - any() takes three times as long, and this is asked of every paragraph
        if hint in low:
            return True
    return False


def _plain(text: str) -> str:
    text = text if text.isascii() else unicodedata.normalize("NFKC", text).translate(_ALIKE)
    return text.lower().replace("’", "'")


def _decoded(text: str) -> list[str]:
    """What base64 in the text says, as far as it is text."""
    found = []
    for blob in _ENCODED.findall(text):
        try:
            raw = base64.urlsafe_b64decode(blob.replace("+", "-").replace("/", "_").rstrip("=") + "==")
            found.append(raw.decode())
        except (binascii.Error, ValueError):
            continue
    return found
