"""Words the question that a sentence answers, so that the heading is grammatical and the answer below it real."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from briefings.write.aspects import SIGNS, Aspect, shows
from briefings.write.furniture import unquoted
from briefings.write.names import SAYING, TITLES, Name, Names
from briefings.write.rank import terms
from briefings.write.subject import ASKABLE, Subject

WELL_KNOWN = frozenset("Facebook Google Apple Amazon Twitter Microsoft Netflix YouTube Congress America Internet Silicon Valley".split())
GROUPS = (
    r"(?:critics|opponents|supporters|advocates|activists|civil liberties groups|civil rights groups|privacy advocates|consumer advocates|experts|"
    r"analysts|researchers|scientists|lawmakers|senators|Democrats|Republicans|conservatives|officials|prosecutors|regulators|investigators|"
    r"police|authorities|employees|users|company officials|intelligence officials|U\.S\. officials|privacy groups|consumer groups|developers)"
)
GROUP_SAYS = re.compile(rf"(?:^|[,”\"] |\b(?:said|say|but|and|some|many|other|most) ?)(?P<who>{GROUPS}) (?:have |had |also |who \w+ )?{SAYING.replace('says', 'say')}", re.IGNORECASE)
SAID_GROUP = re.compile(rf"\b(?:said|according to) (?P<who>{GROUPS})\b")


@dataclass(frozen=True, slots=True)
class Ask:
    """A question a sentence answers. `about` keeps two questions about one thing from both being asked."""

    aspect: Aspect
    question: str
    about: str
    strength: float


def asks_of(text: str, subject: Subject, names: Names, headline: str) -> Iterator[Ask]:
    """Every question that `text` answers, headline event apart."""
    held = names.in_text(text)
    about_subject = not subject.name or re.search(rf"(?<![\w-]){re.escape(subject.name)}", text) is not None
    yield from _who_is(text, held, headline)
    yield from _what_is(text, held, subject)
    yield from _money(text, subject, held, about_subject)
    yield from _count(text, subject, held, about_subject)
    yield from _compared(text, subject, about_subject)
    yield from _why(text, subject, headline)
    yield from _said(text, subject, held, names, headline)
    yield from _plain(text, subject, about_subject)
    yield from _role(text, subject, held, headline)


def event_question(subject: Subject) -> str:
    """The first section's question: what happened, named."""
    deed = subject.deed
    if deed and deed.verb in ASKABLE:
        return f"What did {deed.actor} {deed.verb}?"
    if deed:
        return f"What did {deed.actor} do?"
    if not subject.name:
        return "What happened?"
    return f"What happened with {subject.topic}?"


def _who_is(text: str, held: tuple[Name, ...], headline: str) -> Iterator[Ask]:
    for name in held:
        if not name.person or name.text not in text:
            continue
        after = re.escape(name.text)
        if re.search(rf"{after}, (?:\d\d,|\d\d-year|an? |the (?!Post|Times))|{after} (?:is|was) (?:an?|the) ", text):
            yield Ask(Aspect.WHO, f"Who is {name.text}?", name.text, 1.0 + 0.5 * (name.short in headline))


def _what_is(text: str, held: tuple[Name, ...], subject: Subject) -> Iterator[Ask]:
    for name in held:
        if name.person or name.text in WELL_KNOWN or name.text.endswith("s") or " and " in name.text:
            continue
        found = re.match(rf"(?:The )?{re.escape(name.text)}(?:,| is| was) (an?|the|which) [a-z-]+ ", text)
        if found:
            article = "the " if text.startswith("The ") else ""
            yield Ask(Aspect.WHAT, f"What is {article}{name.text}?", name.text, 1.0 + 0.5 * (name.text == subject.name))


def _money(text: str, subject: Subject, held: tuple[Name, ...], about_subject: bool) -> Iterator[Ask]:
    if not SIGNS[Aspect.MONEY].search(text):
        return
    for name in held:
        who = re.escape(name.short)
        if re.search(rf"{who}(?:,[^,]*,)? (?:will|would|has agreed to|agreed to|is to|must|could|to) (?:have to )?pay", text):
            yield Ask(Aspect.MONEY, f"How much will {name.short} pay?", "money", 2.0)
        elif re.search(rf"{who} (?:has )?(?:raised|raises)\b", text):
            yield Ask(Aspect.MONEY, f"How much did {name.short} raise?", "money", 2.0)
        elif not name.person and re.search(rf"(?:{who}(?:[’']s)? [^.]{{0,40}}(?:valued at|valuation of|worth))", text):
            yield Ask(Aspect.MONEY, f"What is {name.short} worth?", "money", 1.5)
        elif re.search(rf"{who} (?:has )?(?:spent|spends|donated|gave|invested|paid)\b", text):
            verb = re.search(rf"{who} (?:has )?(spen|donat|ga|invest|pa)", text)
            base = {"spen": "spend", "donat": "donate", "ga": "give", "invest": "invest", "pa": "pay"}
            if verb and verb.group(1) in base:
                yield Ask(Aspect.MONEY, f"How much did {name.short} {base[verb.group(1)]}?", "money", 1.6)
    if found := re.search(r"\b(fine|penalty|settlement)\b", text):
        yield Ask(Aspect.MONEY, f"How large is the {found.group(1)}?", "money", 1.2)
    if about_subject and subject.name:
        yield Ask(Aspect.MONEY, f"How much money is at stake for {subject.name}?", "money", 0.6)


def _count(text: str, subject: Subject, held: tuple[Name, ...], about_subject: bool) -> Iterator[Ask]:
    found = SIGNS[Aspect.COUNT].search(text)
    if not found:
        return
    noun = found.group("noun")
    if noun and re.search(r"\b(?:affected|exposed|stolen|compromised|harvested|leaked)\b", text):
        yield Ask(Aspect.COUNT, f"How many {noun} are affected?", "count", 1.6)
    for name in held:
        if noun and re.search(rf"{re.escape(name.short)} (?:now )?has (?:[a-z]+ ){{0,3}}\d", text):
            yield Ask(Aspect.COUNT, f"How many {noun} does {name.short} have?", "count", 1.5)
    if about_subject and subject.name:
        yield Ask(Aspect.COUNT, f"What do the figures on {subject.name} show?", "count", 0.8)


def _compared(text: str, subject: Subject, about_subject: bool) -> Iterator[Ask]:
    if shows(Aspect.COMPARED, text) and about_subject and subject.name and not subject.person:
        yield Ask(Aspect.COMPARED, f"How does {subject.name} compare?", "compared", 0.9)


def _why(text: str, subject: Subject, headline: str) -> Iterator[Ask]:
    if not shows(Aspect.WHY, text):
        return
    deed = subject.deed
    shared = set(terms(text)) & set(terms(headline))
    if deed and deed.thing and deed.actor in text and len(shared) >= 3:
        yield Ask(Aspect.WHY, f"Why did {deed.actor} {deed.verb} {deed.thing}?", "why", 1.8)
    if moved := re.search(r"\b([A-Z]\w+)[’']s (decision|move|announcement|request|proposal|removal|action) ", text):
        yield Ask(Aspect.WHY, f"What prompted {moved.group(1)}’s {moved.group(2)}?", "why", 1.2)


def _said(text: str, subject: Subject, held: tuple[Name, ...], names: Names, headline: str) -> Iterator[Ask]:
    who = speaker_of(text, held)
    if who:
        called = who.text if who.person and who.short not in headline else who.short
        own = unquoted(text)
        quoted = own != text
        respond = re.search(r"\b(?:respon\w+|in a statement|denied|spokes\w+)\b", own) and not who.person
        question = f"How did {called} respond?" if respond else f"What did {called} say?"
        yield Ask(Aspect.SAID, question, who.text, 1.0 + 0.3 * quoted + 0.4 * (who.short in headline))
    group = GROUP_SAYS.search(unquoted(text)) or SAID_GROUP.search(unquoted(text))
    if group:
        crowd = group.group("who")
        crowd = crowd if crowd.startswith(("Dem", "Rep", "U.S")) else crowd.lower()
        tail = f" about {subject.topic}" if subject.name else ""
        yield Ask(Aspect.CRITICS, f"What do {crowd} say{tail}?", crowd.split()[-1], 1.1)


def speaker_of(text: str, held: tuple[Name, ...]) -> Name | None:
    """Who speaks in the sentence, when it says so by name."""
    own = unquoted(text)
    for name in held:
        who = re.escape(name.short)
        if re.search(rf"{who}(?:,[^,“”]{{3,80}},)? (?:also |has |had |have )?{SAYING}\b", own):
            return name
        if re.search(rf"(?:\b(?:said|says|wrote|added|asked|tweeted|according to)|”|\")\s(?:{TITLES}\.? |[\w’'.-]+ ){{0,6}}{who}\b", own) and re.search(
            rf"\b(?:said|says|wrote|added|asked|tweeted|according to)\s(?:[\w’'.-]+ ){{0,8}}{who}\b", own
        ):
            return name
    return None


def _plain(text: str, subject: Subject, about_subject: bool) -> Iterator[Ask]:
    """The questions that any subject may be asked."""
    if not about_subject:
        return
    name, topic = subject.name, subject.topic
    of_it = f" for {name}" if name else ""
    if shows(Aspect.NEXT, text):
        yield Ask(Aspect.NEXT, f"What comes next{of_it}?", "next", 0.9)
    if shows(Aspect.BEFORE, text):
        yield Ask(Aspect.BEFORE, f"What led up to {topic}?" if topic != name and name else f"What is the background{_to(name)}?", "before", 0.9)
    if shows(Aspect.STAKE, text):
        yield Ask(Aspect.STAKE, f"What is at stake{of_it}?", "stake", 0.8)
    if shows(Aspect.LAW, text):
        yield Ask(Aspect.LAW, f"Where does the law come in{of_it}?", "law", 0.8)
    if name and not subject.person and re.search(rf"{re.escape(name)} (?:uses|works|lets|allows|relies|runs|can|will let|enables|supports|combines)\b", text):
        yield Ask(Aspect.WORKS, f"How does {name} work?", "works", 1.0)


def _to(name: str) -> str:
    return f" to the {name} story" if name else ""


def _role(text: str, subject: Subject, held: tuple[Name, ...], headline: str) -> Iterator[Ask]:
    for name in held:
        if name.text == subject.name or name.short == subject.name or name.count < 3 or len(name.text) < 4:
            continue
        if re.match(rf"(?:The )?(?:[A-Z][\w’.]+ ){{0,2}}{re.escape(name.short)}(?![\w’'-])", text):
            article = "the " if re.match(rf"The {re.escape(name.short)}", text) else ""
            strength = 0.5 + 0.1 * min(5, name.count) + 0.2 * (name.short in headline)
            yield Ask(Aspect.ROLE, f"Where does {article}{name.text} come in?", name.text, strength)
