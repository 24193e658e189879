"""Finds what a story is about: its subject, and from the headline who did what to whom."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from briefings.terms import STOP
from briefings.write.lexicon import ASKABLE, EVENT_NOUNS, PLURALS
from briefings.write.names import Name, Names
from briefings.write.verbs import ADVERB, BASE, BASES, INFLECTED

CLAUSE_END = re.compile(
    r"\s*(?:,(?!\d)|[;:|(]|\s[—–-]\s|\b(?:after|as|amid|over|because|while|when|before|following|in|on|at|by|to|for|from|"
    r"with|against|during|despite|"
    r"that|which|who|and|but|claims?|says|say|report|since|about|into|under|until|through|of|ahead|worldwide|once|"
    r"using|if|up|out|off|down)\b)",
    re.IGNORECASE,
)
EVENT_PHRASE = re.compile(
    r"(?P<before>(?:[A-Za-z][\w’'-]* ){1,2})"
    rf"(?P<noun>{'|'.join(sorted(EVENT_NOUNS, key=len, reverse=True))})\b(?! of\b)",
    re.IGNORECASE,
)
NO_MODIFIER = re.compile(
    rf"(?:est|ly|[’']s?|ing|ted)$|^(?:{INFLECTED}|{BASES}|up|more|most|first|last|next|new|old|over|into|its|his|her)$",
    re.IGNORECASE,
)
SPELLED_OUT = {"dems": "Democrats", "feds": "federal authorities"}
ROLE = (
    r"(?:director|chief|CEO|boss|founder|chair|chairman|head|staffers|employees|executives|consultants|user|users|"
    r"conservatives)"
)


@dataclass(frozen=True, slots=True)
class Deed:
    """Who did what to whom, as a headline has it: "Facebook", "remove", "Trump ads"; `helper` is "did" or "will"."""

    actor: str
    helper: str
    verb: str
    thing: str

    @property
    def question(self) -> str:
        return f"What {self.helper} {self.actor} {self.verb if self.verb in ASKABLE else 'do'}?"


@dataclass(frozen=True, slots=True)
class Subject:
    """What the questions name: `called` inside a sentence ("the FTC"), `name` as the text has it.

    `topic` is the event as a noun phrase ("the Equifax settlement") or the name itself.
    """

    name: str
    called: str
    person: bool
    plural: bool
    topic: str
    deed: Deed | None


def subject_of(headline: str, names: Names, bodies: str, phrases: Mapping[str, str]) -> Subject:
    """The story's subject: a name, else one of its `phrases`; empty when nothing is used often enough to be sure."""
    deed = deed_of(headline, names)
    lead = _leading(headline, names)
    if lead is None:
        return _nameless(headline, phrases, deed)
    name = lead.short
    called = lead.called if not lead.person else name if name in headline else lead.text
    plural = name.split()[-1] in PLURALS or " and " in name
    return Subject(name, called, lead.person, plural, _topic(lead, called, headline, bodies, names), deed)


def _nameless(headline: str, phrases: Mapping[str, str], deed: Deed | None) -> Subject:
    ordered = sorted(phrases, key=lambda phrase: phrase not in headline.lower())
    if not ordered:
        return Subject("", "", False, False, "", deed)
    said = phrases[ordered[0]]
    plural = said.endswith("s") and not said.endswith("ss")
    return Subject(ordered[0], said, False, plural, said, deed)


def _leading(headline: str, names: Names) -> Name | None:
    """The name a headline is about: the one used most in the story among those it holds, the first if close."""
    held = [name for name in names.in_text(headline) if name.count >= 2 and not name.place]
    top = next((name for name in names.found if not name.place), None)
    if (
        top
        and top.count >= 5
        and (
            not held or (top.person and top.count > 1.5 * held[0].count and top.articles >= held[0].articles)
        )
    ):
        return top
    if not held:
        return None
    most = max(name.count * name.articles for name in held)
    near = [name for name in held if name.count * name.articles >= 0.45 * most]
    first = min(near, key=lambda name: headline.find(name.short))
    for name in held:
        # "Apple CEO Tim Cook": the person is meant, the company only says which.
        if name.person and re.search(
            rf"{re.escape(first.short)}[’']?s? (?:[A-Za-z-]+ ){{0,2}}{re.escape(name.text)}", headline
        ):
            return name
    return first


def _topic(lead: Name, called: str, headline: str, bodies: str, names: Names) -> str:
    """The event as a noun phrase: a name with its event noun, else what the headline itself calls it."""
    found = _named_event(lead, called, headline, bodies) if not lead.person else called
    return _event_in(headline, names, bodies) or called if found == called else found


def _event_in(headline: str, names: Names, bodies: str) -> str:
    """The headline's own words for the event: "the data breach settlement"; empty when it has none to be sure of."""
    for found in EVENT_PHRASE.finditer(headline):
        modifiers: list[str] = []
        for word in found["before"].split():
            modifiers = [] if word.lower() in STOP or NO_MODIFIER.search(word) else [*modifiers, word]
        noun = found["noun"].lower()
        used = [f"{modifiers[-1]} {noun}".lower()] if modifiers else []
        if used and used[0] in bodies.lower() and len(re.findall(rf"\b{noun}\b", bodies.lower())) >= 2:
            words = [word if _keeps_case(word, names) else word.lower() for word in modifiers]
            return f"the {' '.join([*words, noun])}"
    return ""


def _named_event(lead: Name, called: str, headline: str, bodies: str) -> str:
    if " and " in lead.text:
        return called
    text = f"{headline}\n{bodies}"
    counted = [
        (len(re.findall(rf"\b{re.escape(lead.short)} {noun}\b", text)), noun)
        for noun in sorted(EVENT_NOUNS)
        if f"{lead.short} {noun}" in text  # by far the quicker look
    ]
    count, noun = max(counted, key=lambda pair: pair[0], default=(0, ""))
    return f"the {lead.short} {noun}" if count >= 2 else called


def deed_of(headline: str, names: Names) -> Deed | None:
    """Reads a headline as actor, verb and thing; None unless all that is needed for a question is certain."""
    plain = re.sub(r"^(?:Again\?!|Breaking:)\s+", "", headline)
    found = re.match(
        rf"(?P<actor>[\w’'.& -]{{2,50}}?) {ADVERB}(?P<verb>{INFLECTED}) (?P<rest>.+)$", plain, re.IGNORECASE
    )
    coming = re.match(
        rf"(?P<actor>[\w’'.& -]{{2,50}}?) (?:to|will|To|Will) (?P<verb>{BASES}) (?P<rest>.+)$",
        plain,
        re.IGNORECASE,
    )
    if coming and (not found or len(coming.group("actor")) < len(found.group("actor"))):
        actor = _actor(coming.group("actor"), names)
        return (
            Deed(actor, "will", coming.group("verb").lower(), _thing(coming.group("rest"), names))
            if actor
            else None
        )
    if found and (actor := _actor(found.group("actor"), names)):
        return Deed(actor, "did", BASE[found.group("verb").lower()], _thing(found.group("rest"), names))
    return None


def _actor(text: str, names: Names) -> str | None:
    words = [
        word
        for word in text.split()
        if not re.fullmatch(r"former|ex-|new|the|just|finally", word, re.IGNORECASE)
    ]
    if not 1 <= len(words) <= 5:
        return None
    plain = " ".join(words)
    if len(words) == 1 and words[0] in PLURALS:
        return SPELLED_OUT.get(
            plain.lower(), plain if plain in ("Democrats", "Republicans") else plain.lower()
        )
    for name in names.in_text(plain):
        if plain.endswith(name.short):
            return name.short if name.person else name.called
        if re.fullmatch(rf"{re.escape(name.short)} {ROLE}", plain, re.IGNORECASE):
            return f"the {name.short} {words[-1].lower() if words[-1] != 'CEO' else 'CEO'}"
    return None


def _thing(rest: str, names: Names) -> str:
    """The object of the verb, spelled as running text spells it; empty when unsure."""
    cut = CLAUSE_END.search(rest)
    phrase = (rest[: cut.start()] if cut else rest).strip(" .")
    if not 1 <= len(phrase.split()) <= 4 or re.search(r"[“”\"‘?!$%]|[’'](?!s\b)|[’']s$", phrase):
        return ""
    words = [word if _keeps_case(word, names) else word.lower() for word in phrase.split()]
    if words[0].lower() in (
        "it",
        "its",
        "his",
        "her",
        "their",
        "up",
        "out",
        "off",
        "down",
        "not",
        "no",
        "only",
        "most",
        "us",
        "them",
        "first",
    ):
        return ""
    sure = words[0][0].isupper() or words[-1].endswith("s") or words[0] in ("the", "a", "an")
    return " ".join(words) if sure and len(" ".join(words)) > 2 else ""


def _keeps_case(word: str, names: Names) -> bool:
    bare = re.sub(r"[’']s$", "", word)
    if not bare[:1].isupper() or (bare.isupper() and len(bare) > 1):
        return True
    return bare in names.words or (names.upper[bare.lower()] > names.lower[bare.lower()])
