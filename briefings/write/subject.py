"""Finds what a story is about: its subject, and from the headline who did what to whom."""

from __future__ import annotations

import re
from dataclasses import dataclass

from briefings.write.names import Name, Names

# base form -> (third person, past) where the regular ones would be wrong; the list is the verbs a question may reuse.
REUSED = (
    "announce launch release unveil reveal introduce publish remove delete ban block suspend sue charge accuse deny approve "
    "reject acquire buy sell raise cut fire hire order propose pass defend condemn label conceal restrict limit offer open close "
    "add test build join leave pay face settle warn claim admit apologize demand urge require win lose lift file seek "
    "expand update disclose uncover find show create develop target drop challenge criticize investigate probe fine pull "
    "back endorse praise attack blame dismiss hack tap deploy give get make take sign secure plan debut ship roll"
).split()
IRREGULAR = {
    "buy": ("buys", "bought"), "sell": ("sells", "sold"), "cut": ("cuts", "cut"), "leave": ("leaves", "left"),
    "pay": ("pays", "paid"), "win": ("wins", "won"), "lose": ("loses", "lost"), "seek": ("seeks", "sought"),
    "find": ("finds", "found"), "show": ("shows", "showed"), "give": ("gives", "gave"), "get": ("gets", "got"),
    "make": ("makes", "made"), "take": ("takes", "took"), "build": ("builds", "built"), "ban": ("bans", "banned"),
    "drop": ("drops", "dropped"), "admit": ("admits", "admitted"), "deny": ("denies", "denied"), "tap": ("taps", "tapped"),
    "plan": ("plans", "planned"), "ship": ("ships", "shipped"),
}  # fmt: skip
# Verbs after which "What did X <verb>?" is a natural question by itself.
ASKABLE = frozenset(
    "announce launch release unveil reveal introduce publish remove delete ban block suspend deny approve reject acquire buy sell "
    "order propose defend conceal restrict offer demand require disclose uncover find add build test claim admit create develop "
    "propose update target criticize investigate sign".split()
)
ADVERBS = r"(?:(?:finally|just|reportedly|temporarily|secretly|officially|quietly|formally|again|now|also|publicly|Finally|Just|Temporarily|Secretly) )?"
CLAUSE_END = re.compile(
    r"\s*(?:[,;:|(]|\s[—–-]\s|\b(?:after|as|amid|over|because|while|when|before|following|in|on|at|by|to|for|from|with|against|during|despite|"
    r"that|which|who|and|but|claims?|says|say|report|since|about|into|under|until|through|of|ahead|worldwide|once|using|if)\b)",
    re.IGNORECASE,
)
PLURALS = frozenset(
    "Democrats Republicans Senators Lawmakers Feds States Dems Activists Scientists Researchers Officials Regulators Critics Workers "
    "Employees Users Experts Prosecutors Police Hackers Liberals Conservatives".split()
)


@dataclass(frozen=True, slots=True)
class Deed:
    """Who did what to whom, as a headline has it: "Facebook", "remove", "Trump ads"."""

    actor: str
    verb: str
    thing: str


@dataclass(frozen=True, slots=True)
class Subject:
    """What the questions name. `topic` is the event as a noun phrase ("the Equifax settlement") or the name itself."""

    name: str
    person: bool
    plural: bool
    topic: str
    deed: Deed | None


EVENT_NOUNS = (
    "settlement lawsuit deal merger breach hack probe investigation ban bill ruling order attack shooting beating outage hearing launch "
    "study report merger acquisition spinoff rule rules decision policy scandal trial testimony vote memo fine leak ads plan app page parade "
    "boycott program programs bug update cyberattack fires spacewalk partnership agreement rollout"
).split()


def subject_of(headline: str, names: Names, bodies: str) -> Subject:
    """The story's subject; its name is empty when the story names nothing often enough to be sure."""
    deed = deed_of(headline, names)
    lead = _leading(headline, names)
    name = deed.actor if deed and lead is None else (lead.short if lead and lead.person else lead.text if lead else "")
    person = bool(lead and lead.person and name == lead.short)
    plural = name.split()[-1] in PLURALS or " and " in name if name else False
    return Subject(name=name, person=person, plural=plural, topic=_topic(name, headline, bodies), deed=deed)


def _leading(headline: str, names: Names) -> Name | None:
    """The name a headline is about: the one used most in the story among those it holds, the first if close."""
    held = [name for name in names.in_text(headline) if name.count >= 2]
    if not held:
        return names.found[0] if names.found and names.found[0].count >= 5 else None
    most = max(name.count * name.articles for name in held)
    near = [name for name in held if name.count * name.articles >= 0.45 * most]
    return min(near, key=lambda name: headline.find(name.short))


def _topic(name: str, headline: str, bodies: str) -> str:
    if not name or " and " in name:
        return name
    text = f"{headline}\n{bodies}"
    counted = [(len(re.findall(rf"\b{re.escape(name)} {noun}\b", text)), noun) for noun in EVENT_NOUNS]
    count, noun = max(counted, key=lambda pair: pair[0])
    return f"the {name} {noun}" if count >= 2 else name


def deed_of(headline: str, names: Names) -> Deed | None:
    """Reads a headline as actor, verb and thing; None unless all that is needed for a question is certain."""
    for verb in REUSED:
        forms = "|".join({*_forms(verb), *(form.title() for form in _forms(verb))})
        found = re.match(rf"(?P<actor>[\w’'.& -]{{2,40}}?) {ADVERBS}(?:{forms}) (?P<rest>.+)$", headline)
        if found and (actor := _actor(found.group("actor"), names)):
            return Deed(actor, verb, _thing(found.group("rest"), names))
    return None


def _forms(verb: str) -> tuple[str, ...]:
    if verb in IRREGULAR:
        return IRREGULAR[verb]
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return verb[:-1] + "ies", verb[:-1] + "ied"
    third = verb + ("es" if verb.endswith(("s", "sh", "ch", "x", "z")) else "s")
    return third, verb + ("d" if verb.endswith("e") else "ed")


def _actor(text: str, names: Names) -> str | None:
    words = [word for word in text.split() if not re.fullmatch(r"(?:again\?!|former|ex-|new|the|breaking:)", word, re.IGNORECASE)]
    if not 1 <= len(words) <= 4:
        return None
    plain = " ".join(words)
    if words[-1] in PLURALS and len(words) == 1:
        return plain if names.upper[plain.lower()] >= names.lower[plain.lower()] else plain.lower()
    held = names.in_text(plain)
    for name in held:
        if plain.endswith(name.short):
            return name.short if name.person else name.text
    return None


def _thing(rest: str, names: Names) -> str:
    """The object of the verb, spelled as running text spells it; empty when unsure."""
    cut = CLAUSE_END.search(rest)
    phrase = rest[: cut.start()] if cut else rest
    phrase = phrase.strip(" .’'\"“”‘")
    if not 1 <= len(phrase.split()) <= 4 or re.search(r"[“”\"‘?!$%]|[’'](?!s\b)", phrase):
        return ""
    words = [word if _keeps_case(word, names) else word.lower() for word in phrase.split()]
    if words[0].lower() in ("it", "its", "his", "her", "their", "up", "out", "off", "down", "out.", "not", "no", "only", "most"):
        return ""
    if not any(each[0].isupper() or each.endswith("s") or each in ("the", "a", "an") for each in words):
        return ""
    return " ".join(words)


def _keeps_case(word: str, names: Names) -> bool:
    bare = re.sub(r"[’']s$", "", word)
    if not bare[:1].isupper():
        return True
    return bare in names.words or (names.upper[bare.lower()] > names.lower[bare.lower()])
