"""Defects of a writer who reads carelessly: plans told as done, causes made up, claims put together.

Like `defects`, each plants one and says None where a sentence gives it nothing to work on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import pairwise
from random import Random

from briefings.scoreboard.neighbours import Neighbours

Twist = Callable[[str, Neighbours, Random], str | None]

_NUMBER = r"(?<![\w.,-])\$?\d+(?:,\d{3})*(?:\.\d+)?(?:%| percent| million| billion| trillion)?(?![\w-])"
_SAYING = (
    r"(?:said|says|stated|states|added|wrote|told \w+|argued|argues|claimed|claims|believes?|thinks|warned|noted"
    r"|explained)"
)
_WHO = r"(?:[A-Z][\w.’'-]+ ?){1,4}"
_IRREGULAR = {
    "be": "been", "have": "had", "make": "made", "take": "taken", "get": "got", "give": "given", "do": "done",
    "go": "gone", "build": "built", "buy": "bought", "sell": "sold", "pay": "paid", "begin": "begun", "see": "seen",
    "bring": "brought", "cut": "cut", "let": "let", "lead": "led", "leave": "left", "lose": "lost", "run": "run",
    "send": "sent", "spend": "spent", "win": "won", "become": "become", "come": "come", "keep": "kept", "put": "put",
    "hold": "held", "meet": "met", "say": "said", "show": "shown", "set": "set", "tell": "told", "find": "found",
}  # fmt: skip
_MONTHS = (
    "January February March April May June July August September October November December Jan Feb Aug Sept Oct "
    "Nov Dec"
)
_CITIES = ("Toronto", "Madrid", "Nairobi", "Oslo", "Jakarta", "Lima", "Prague", "Osaka")


def swapped(pairs: Mapping[str, str]) -> Twist:
    """A twist that puts another phrase for one of those it finds outside quotations."""

    def twist(text: str, near: Neighbours, random: Random) -> str | None:
        own = outside_quotations(text)
        found = [
            (match, new)
            for old, new in pairs.items()
            for match in re.finditer(rf"(?<![\w-]){old}(?![\w-])", own)
        ]
        if not found:
            return None
        match, new = random.choice(found)
        changed: str = match.expand(new)
        return text[: match.start()] + changed + text[match.end() :]

    return twist


def done(text: str, near: Neighbours, random: Random) -> str | None:
    """A plan told as done."""
    own = outside_quotations(text)
    found = re.search(
        r"\b(?:will|would|(?:plans?|planned|intends?|hopes?|wants?|aims?|agreed|expects?|expected|is expected|"
        r"is set|is likely) to) (?!not\b|\w+ly\b|then\b|once\b|always\b|likely\b|in\b|also\b|soon\b)([a-z]+)\b",
        own,
    )
    if not found:
        return None
    verb = found[1]
    past = _IRREGULAR.get(verb) or (verb + ("d" if verb.endswith("e") else "ed"))
    return f"{text[: found.start()]}has {past}{text[found.end() :]}"


def superlative(text: str, near: Neighbours, random: Random) -> str | None:
    """A "first" or "largest" made up."""
    found = list(re.finditer(r"\b(a|an|its|the) (?=[a-z]{4,} )", outside_quotations(text)))
    if not found:
        return None
    match = random.choice(found)
    word = random.choice(["first", "largest", "only", "biggest", "best"])
    article = "its" if match[1] == "its" else "the"
    return f"{text[: match.start()]}{article} {word} {text[match.end() :]}"


def cause(text: str, near: Neighbours, random: Random) -> str | None:
    """One thing told as the cause of the other."""
    found = re.search(
        r",? (?:after|and|when|while) (?=(?:the|its?|he|she|they) [a-z]+)",
        outside_quotations(text),
    )
    if not found or found.start() < 20 or "because" in text:
        return None
    return f"{text[: found.start()]} because {text[found.end() :]}"


def place(text: str, near: Neighbours, random: Random) -> str | None:
    """A place made up."""
    if not text.endswith("."):
        return None
    return f"{text[:-1]} in {random.choice([each for each in _CITIES if each not in text])}."


def speaker(text: str, near: Neighbours, random: Random) -> str | None:
    """What one said in another's mouth."""
    found = re.search(rf"\b(?:{_SAYING} ({_WHO})(?=[.,])|({_WHO})(?={_SAYING}\b))", outside_quotations(text))
    if not found:
        return None
    at = 1 if found[1] else 2
    others = [n for n in near.article_names if n not in text]
    if not others:
        return None
    gap = " " if found[at].endswith(" ") else ""
    return text[: found.start(at)] + random.choice(others) + gap + text[found.end(at) :]


def opinion(text: str, near: Neighbours, random: Random) -> str | None:
    """What somebody holds, told as so."""
    if re.search(r"[“\"]", text):
        return None
    verbs = (
        r"(?:argue[sd]?|claim(?:s|ed)?|believe[sd]?|thinks?|thought|warn(?:s|ed)|predict(?:s|ed)|suspect(?:s|ed)"
        r"|suggest(?:s|ed)?|estimate[sd]?|allege[sd]?)"
    )
    found = re.match(rf"[^,“”\"]{{3,60}}? {verbs} (?:that |(?=(?:the|[A-Z]\w+|it|its) ))(?=\w)", text)
    if found and len(text) - found.end() > 30:
        return text[found.end()].upper() + text[found.end() + 1 :]
    dropped = re.sub(r"\b(?:allegedly|reportedly|supposedly|apparently|probably|perhaps) ", "", text, count=1)
    return dropped if dropped != text else None


def exchanged_figures(text: str, near: Neighbours, random: Random) -> str | None:
    """Two figures of the sentence in each other's place."""
    found = [m for m in re.finditer(_NUMBER, outside_quotations(text)) if not _year(m[0])]
    pairs = [(a, b) for a, b in pairwise(found) if a[0] != b[0] and _shape(a[0]) == _shape(b[0])]
    pairs = [(a, b) for a, b in pairs if b.start() - a.end() > 8]  # "3 to 5" is one figure
    if not pairs:
        return None
    one, other = random.choice(pairs)
    return text[: one.start()] + other[0] + text[one.end() : other.start()] + one[0] + text[other.end() :]


def borrowed_figure(text: str, near: Neighbours, random: Random) -> str | None:
    """The figure of another clause or sentence of the passage."""
    own = [m for m in re.finditer(_NUMBER, outside_quotations(text)) if not _year(m[0])]
    others = [
        m for each in near.beside(text) for m in re.findall(_NUMBER, each) if not _year(m) and m not in text
    ]
    pairs = [(a, b) for a in own for b in others if _shape(a[0]) == _shape(b)]
    if not pairs:
        return None
    one, borrowed = random.choice(pairs)
    changed: str = text[: one.start()] + borrowed + text[one.end() :]
    return changed


_VERB = r"\b(?:is|are|was|were|has|have|had|will|would|can|could|said|says|announced|plans|wants)\b"


def merged(text: str, near: Neighbours, random: Random) -> str | None:
    """Whom one sentence is about with what another sentence of the passage says."""
    head = re.search(_VERB, outside_quotations(text))
    tails = [
        m
        for each in near.beside(text)
        if "“" not in each and '"' not in each and (m := re.search(_VERB, each))
    ]
    tails = [m for m in tails if len(m.string) - m.start() > 40]
    if not head or head.start() < 4 or not tails:
        return None
    tail = random.choice(tails)
    changed = text[: head.start()] + tail.string[tail.start() :]
    # A pronoun before the other's verb means the same one.
    return None if re.match(r"(?:It|He|She|They|The \w+|That|This)\b", tail.string) else changed


def turned_passive(text: str, near: Neighbours, random: Random) -> str | None:
    """Who did it told as whom it was done to, with the other side left out, or the other way round."""
    own = outside_quotations(text)
    verbs = (
        "sued|acquired|bought|accused|hired|fired|praised|criticized|criticised|blocked|banned|fined|backed|attacked|"
        "rejected|targeted|beat|funded|investigated|charged|blamed|threatened|asked|invited|cleared|warned|defeated"
    )
    if found := re.search(rf"\b(?:was|were|been|being|is|are) ({verbs}) by [^,.]+(?=[,.])", own):
        return text[: found.start()] + found[1] + " others" + text[found.end() :]
    if found := re.search(
        rf"(?<=[a-z] )(?:has |have |had )?({verbs}) (?=(?:the |a |its )?[A-Z])[^,.]+(?=[,.])", own
    ):
        return text[: found.start()] + "was " + found[1] + text[found.end() :]
    return None


def quoted_paraphrase(text: str, near: Neighbours, random: Random) -> str | None:
    """The reporter's own words between quotation marks, as if somebody had said them so."""
    found = re.search(
        r"\b(?:said|says|stated|states|told \w+|argued|claimed|wrote|added) (?:that )?(?=(?:\S+ ){5})",
        outside_quotations(text),
    )
    if not found or re.search(r"[“\"]", text):
        return None
    words = text[found.end() :].rstrip(".").split()
    count = min(len(words), random.choice((5, 7, 9)))
    return f"{text[: found.end()]}“{' '.join(words[:count])}”{' ' if words[count:] else ''}{' '.join(words[count:])}."


def next_version(text: str, near: Neighbours, random: Random) -> str | None:
    """A product's version a step on, or another model of the family."""
    found = re.search(
        r"\b(?:[A-Z][A-Za-z]*[ -]?\d{1,3}(?:\.\d)?|[A-Z]+-\d(?:\.\d)?|[a-z]\d)\b(?![\w.,]*[\d%])"
        r"(?! (?:million|billion|percent|p\.m|a\.m))",
        outside_quotations(text),
    )
    if not found or found[0].split()[0] in _MONTHS.split():
        return None
    new = (
        found[0] + random.choice((".1", "o", " Pro", " Mini"))
        if "." not in found[0]
        else found[0].split(".")[0]
    )
    return text[: found.start()] + new + text[found.end() :]


def rounded(text: str, near: Neighbours, random: Random) -> str | None:
    """A figure rounded beyond what it may be."""
    found = [
        m
        for m in re.finditer(r"(?<![\w.,-])\d[\d,]*(?:\.\d+)?(?![\w-])", outside_quotations(text))
        if not _year(m[0])
    ]
    for match in random.sample(found, len(found)):
        value = float(match[0].replace(",", ""))
        digits = len(str(int(value)))
        near_value = round(value, 1 - digits) if digits > 1 else round(value)
        if value > 3 and abs(near_value - value) / value > 0.02:
            return text[: match.start()] + f"{int(near_value):,}" + text[match.end() :]
    return None


def condition_dropped(text: str, near: Neighbours, random: Random) -> str | None:
    """What holds only if something else does, told as if it always did."""
    own = outside_quotations(text)
    found = re.search(
        r",? (?:if|unless|provided|as long as|only when|except|but not) [^,.“”\"]{8,}(?=\.$)", own
    )
    found = found or re.match(r"(?:If|Unless|Provided) [^,.“”\"]{8,}, (?=\w)", own)
    if not found:
        return None
    rest = (text[: found.start()] + text[found.end() :]).strip()
    return rest[0].upper() + rest[1:] if len(rest.split()) > 5 else None


TWISTS: dict[str, Twist] = {
    "bound": swapped({
        rf"{old}(?= (?:\$?\d|an? (?:year|quarter|third|dozen|million|billion)|half|two|three|four|five|ten))": new
        for old, new in {
            "more than": "less than", "less than": "more than", "fewer than": "more than", "at least": "at most",
            "at most": "at least", "up to": "more than", "nearly": "more than", "almost": "more than",
            "over": "under", "about": "more than", "roughly": "more than",
        }.items()
    }),
    "plan as done": done,
    "superlative": superlative,
    "cause": cause,
    "place": place,
    "speaker": speaker,
    "opinion as fact": opinion,
    "exchanged figures": exchanged_figures,
    "borrowed figure": borrowed_figure,
    "merged claims": merged,
    "turned passive": turned_passive,
    "quoted paraphrase": quoted_paraphrase,
    "next version": next_version,
    "rounded": rounded,
    "condition dropped": condition_dropped,
    "quantifier": swapped({
        "some": "all", "many": "few", "most": "all", "several": "all", "few": "many", "all": "some", "both": "neither",
        "only": "not only", "every": "no", "each": "no", "dozens": "hundreds", "hundreds": "thousands",
        "thousands": "millions", "a quarter": "a half", "half": "most", "a third": "a quarter",
    }),
    "period": swapped({
        "a year": "a month", "per year": "per month", "a month": "a week", "a day": "a week", "daily": "monthly",
        "weekly": "daily", "monthly": "weekly", "annual": "monthly", "annually": "monthly", "hours": "days",
        "days": "weeks", "weeks": "months", "months": "years", "years": "months", "yesterday": "last week",
        "today": "yesterday", "last year": "two years ago", "last week": "last month", "last month": "last year",
    }),
    "unit": swapped({
        "percent": "percentage points", r"(\d)%": r"\1 percentage points", "percentage points": "percent",
        "dollars": "euros", r"\$(\d)": r"€\1", "miles": "kilometers", "users": "employees", "people": "companies",
        "GB": "TB", "MB": "GB", "megawatts": "gigawatts", "gigawatts": "megawatts",
    }),
    "office": swapped({
        "CEO": "chairman", "co-founder": "founder", "chairman": "president", "vice president": "president",
        "former": "current", "president": "chairman", "spokesman": "lawyer", "spokeswoman": "lawyer",
        "senator": "governor", "Sen\\.": "Gov.", "Rep\\.": "Sen.", "professor": "student",
        "director": "deputy director",
        "executive": "lawyer", "subsidiary": "rival", "rival": "partner", "partner": "rival", "customer": "supplier",
        "lawyer": "judge", "judge": "lawyer", "wife": "sister", "son": "brother", "daughter": "sister",
    }),
    "certainty": swapped({
        "may": "will", "might": "will", "could": "will", "should": "will", "probably ": "", "likely": "certain",
        "allegedly ": "", "reportedly ": "", "seems to be": "is", "appears to be": "is", "possible": "certain",
        "alleged ": "", "suspected": "convicted", "proposed": "adopted", "considering": "starting",
        "trying to": "about to",
    }),
    "done as plan": swapped({
        "announced": "plans to announce", "launched": "plans to launch", "bought": "plans to buy",
        "introduced": "plans to introduce", "released": "plans to release", "has agreed": "may agree",
        "signed": "may sign", "began": "will begin", "started": "will start", "has been": "will be",
        "filed": "may file",
        "published": "will publish", "became": "will become", "removed": "will remove", "raised": "wants to raise",
    }),
}  # fmt: skip


def outside_quotations(text: str) -> str:
    """The text with quotations blanked, so that places stay."""
    return re.sub(r"“[^”]*”|\"[^\"]*\"", lambda match: "\0" * len(match[0]), text)


def _year(number: str) -> bool:
    return re.fullmatch(r"(?:19|20)\d\d", number) is not None


def _shape(number: str) -> str:
    return re.sub(r"[\d.,]+", "", number)
