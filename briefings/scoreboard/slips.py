"""Small slips that change what is said: a bound or a speaker left out, an order turned round, a word of colour added.

Like `defects`, each plants one and says None where a sentence gives it nothing to work on.
"""

from __future__ import annotations

import re
from random import Random

from briefings.scoreboard.neighbours import Neighbours
from briefings.scoreboard.twists import Twist, outside_quotations, swapped

_FIGURE = r"(?=\$?\d|half\b|an? (?:third|quarter|dozen|million|billion)\b|(?:two|three|four|five|six|ten)\b)"
_COLOURS = (
    "controversial", "massive", "secret", "ambitious", "troubled", "famous", "groundbreaking", "risky", "lucrative",
    "unpopular", "urgent", "generous",
)  # fmt: skip
_MANNERS = (
    "sharply", "quietly", "reluctantly", "suddenly", "deliberately", "repeatedly", "officially", "secretly", "publicly",
    "immediately", "dramatically", "illegally",
)  # fmt: skip
_TAILS = (
    "amid mounting pressure from investors", "to the surprise of analysts", "despite protests from unions",
    "in a blow to its rivals", "after months of negotiations", "under pressure from regulators",
    "with the backing of the government", "without giving a reason",
)  # fmt: skip


def bound_dropped(text: str, near: Neighbours, random: Random) -> str | None:
    """A figure that is a limit told as the figure."""
    found = re.search(
        rf"\b(?:more than|less than|fewer than|at least|at most|up to|as many as|as much as|no more than) {_FIGURE}",
        outside_quotations(text),
    )
    return text[: found.start()] + text[found.end() :] if found and found.start() else None


def speaker_dropped(text: str, near: Neighbours, random: Random) -> str | None:
    """What somebody said of others, told as so."""
    own = outside_quotations(text)
    if "\0" in own or re.search(r"^According to|^.{3,40} reports that ", text):
        return None
    if found := re.search(
        r", (?:[A-Z][\w.’'-]+ |the [a-z]+ |[a-z]+ ){1,4}(?:said|says|stated|states)\.$", own
    ):
        return text[: found.start()] + "."
    found = re.match(
        r"(?:[A-Z][\w.’'-]+ ?|(?:the|a|an|of|for|from) |[a-z]{5,} ){1,7}(?:said|says|stated|states|told \w+) (?:that )?"
        r"(?=(?:the|a|an|this|these|many|some|most|[A-Z][a-z]+) )",
        own,
    )
    return (
        text[found.end()].upper() + text[found.end() + 1 :]
        if found and len(text) - found.end() > 40
        else None
    )


def order(text: str, near: Neighbours, random: Random) -> str | None:
    """What came first told as what came after, or the lesser of two as the greater: the two sides change places."""
    found = re.fullmatch(
        r"(?P<one>[A-Z][^,“”\"]{15,}?) (?P<link>before|after|because|until) (?P<other>[^,“”\"]{12,})\.", text
    )
    if not found:
        return None
    one, other = found["one"], found["other"]
    lowered = one[0].lower() + one[1:] if re.match(r"(?:The|A|An|It|He|She|They|This|In) ", one) else one
    return f"{other[0].upper()}{other[1:]} {found['link']} {lowered}."


def compared(text: str, near: Neighbours, random: Random) -> str | None:
    """A comparison turned round."""
    found = re.search(
        r"(?P<one>[A-Za-z]{4,}) (?P<link>(?:[a-z]+ ){1,4}(?:more|less|better|worse|[a-z]{3,}er)(?: [a-z]+)?"
        r" than (?:the |a |their |its )?)(?P<other>[A-Za-z]{4,})\b",
        outside_quotations(text),
    )
    if not found or found["one"].lower() == found["other"].lower():
        return None
    turned = f"{found['other']} {found['link']}{found['one']}"
    return text[: found.start()] + turned + text[found.end() :]


def moved_negation(text: str, near: Neighbours, random: Random) -> str | None:
    """A "not" at another verb of the sentence."""
    own = outside_quotations(text)
    found = re.search(
        r"\b(?:is|are|was|were|has|have|had|will|would|can|could|may|should|does|do|did)( not)\b", own
    )
    if not found:
        return None
    verbs = [
        each
        for each in re.finditer(
            r"\b(?:is|are|was|were|has|have|had|will|would|can|could|may|should)\b(?= [a-z])", own
        )
        if abs(each.start() - found.start()) > 12
    ]
    if not verbs:
        return None
    at = random.choice(verbs).end()
    if at < found.start():
        return f"{text[:at]} not{text[at : found.start(1)]}{text[found.end(1) :]}"
    return f"{text[: found.start(1)]}{text[found.end(1) : at]} not{text[at:]}"


def coloured(text: str, near: Neighbours, random: Random) -> str | None:
    """A word that judges, put in."""
    own = outside_quotations(text)
    nouns = list(re.finditer(r"\b(?:a|the|its|their|his|her) (?=[a-z]{5,} )", own))
    verbs = list(re.finditer(r"(?<=[a-z] )(?=(?:[a-z]{4,}ed|said|told|made|took|went|left|won|lost) )", own))
    if verbs and (not nouns or random.random() < 0.5):
        at = random.choice(verbs).start()
        return f"{text[:at]}{random.choice(_MANNERS)} {text[at:]}"
    if not nouns:
        return None
    match = random.choice(nouns)
    return text[: match.end()] + random.choice(_COLOURS) + " " + text[match.end() :]


def tail_added(text: str, near: Neighbours, random: Random) -> str | None:
    """An ending made up."""
    return f"{text[:-1]} {random.choice(_TAILS)}." if text.endswith(".") else None


SLIPS: dict[str, Twist] = {
    "bound dropped": bound_dropped,
    "speaker dropped": speaker_dropped,
    "order": order,
    "comparison": compared,
    "moved negation": moved_negation,
    "coloured": coloured,
    "ending made up": tail_added,
    "rank": swapped({
        "second": "third", "third": "second", "fourth": "second", "second-largest": "largest",
        "third-largest": "second-largest", "tenth": "fifth", r"(\d)th": r"\g<1>1st", "first": "second",
        "largest": "second-largest", "top": "bottom",
    }),
    "gender": swapped({"he": "she", "she": "he", "his": "her", "her": "his", "him": "her", "himself": "herself"}),
    "rank of office": swapped({
        "vice president": "president", "deputy (?=[a-z])": "", "co-founder": "founder", "assistant (?=[a-z])": "",
        "former (?=[a-z])": "", "acting (?=[a-z])": "", "senior (?=[a-z])": "chief ", "associate (?=[a-z])": "",
    }),
    "frequency": swapped({
        "often": "always", "sometimes": "always", "usually": "always", "rarely": "often", "generally": "always",
        "frequently": "rarely", "occasionally": "regularly", "once": "twice", "twice": "once", "regularly": "daily",
        "mostly": "entirely", "partly": "entirely", "largely": "entirely", "nearly all": "all", "almost all": "all",
    }),
}  # fmt: skip
