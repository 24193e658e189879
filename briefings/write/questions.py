"""Words the question that a sentence answers, so that the heading is grammatical and the answer below it real."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from briefings.write.aspects import SIGNS, Aspect, shows
from briefings.write.furniture import unquoted
from briefings.write.lexicon import FAMOUS, PLURALS, PRESS, WELL_KNOWN
from briefings.write.names import SAYING, TITLES, Name
from briefings.write.rank import terms
from briefings.write.subject import Subject
from briefings.write.verbs import ADVERB, ASKABLE, BASE, INFLECTED

CROWDS = (
    r"(?:critics|opponents|supporters|advocates|activists|civil liberties groups|civil rights groups|privacy advocates|consumer advocates|experts|"
    r"analysts|researchers|scientists|lawmakers|senators|Democrats|Republicans|conservatives|prosecutors|regulators|investigators|"
    r"police|authorities|employees|users|company officials|intelligence officials|U\.S\. officials|privacy groups|consumer groups|developers)"
)
CROWD_SAYS = re.compile(
    rf"(?:^|[,”\"] |\b(?:said|say|but|and|some|many|other|most|Some|Many|Other|Most) )(?P<who>{CROWDS}) (?:have |had |also )?(?:say|{SAYING})\b",
    re.IGNORECASE,
)
SAID_CROWD = re.compile(rf"\b(?:said|according to) (?P<who>{CROWDS})\b")
PAPER = re.compile(
    r"\b(?:the|a|an|The|A|An) (?P<what>(?:new |internal |leaked )?(?:report|study|survey|poll|lawsuit|complaint|memo|letter|indictment|affidavit|paper|analysis)) (?P<does>found|says|said|shows?|showed|concluded|estimates?|alleges?|alleged|claims?|argues|accuses)\b"
)
AFFECTED = re.compile(
    r"(?:(?:All|Many|Most|Some|Any|Affected|The|These|U\.S\.|Other|Its|Eligible|Individual|Paying|Free|Enterprise|As a result, )\s+){0,2}(?:[a-z]+ ){0,2}"
    r"(?P<who>[Uu]sers|[Cc]onsumers|[Cc]ustomers|[Vv]oters|[Dd]evelopers|[Ee]mployees|[Ww]orkers|Americans|[Ii]nvestors|[Pp]atients|[Ss]tudents|[Bb]usinesses|[Pp]ublishers|"
    r"[Dd]rivers|[Pp]arents|[Aa]dvertisers|[Ss]hareholders|[Rr]esearchers|[Ss]tates|[Ss]ubscribers|[Tt]eachers|[Hh]ospitals|[Cc]itizens|[Vv]iewers|[Ss]ellers|[Rr]etailers|[Cc]ompanies) "
    r"(?:[\w’', -]{0,60} )?(?:may|can|will|could|would|must|are entitled|are able|have to|won[’']t|can[’']t|should)\b"
)
ALSO = re.compile(r"(?:\S+ ){1,6}(?:also|too|as well)\b")
SUM = re.compile(
    r"[$€£][\d.,]+ ?(?:million |billion )?(fine|penalty|settlement|valuation)|\b(fine|penalty|settlement|valuation) of (?:\w+ ){0,3}[$€£]"
)
RULED = re.compile(
    r"\b(?:The|the|a|A|an|federal|appeals|Supreme) (?P<who>judge|court|Supreme Court|jury)(?: on \w+day)? (?:ruled|decided|blocked|ordered|found|rejected|upheld|said|sided)\b"
)


@dataclass(frozen=True, slots=True)
class Ask:
    """A question a sentence answers. `about` keeps two questions about one thing from both being asked."""

    aspect: Aspect
    question: str
    about: str
    strength: float


def asks_of(
    text: str, subject: Subject, held: tuple[Name, ...], headline: str, central: bool
) -> Iterator[Ask]:
    """Every question that `text` answers, the headline's event apart.

    `held`: the names in the text. `central`: it is so near the heart of the story that it needs not name the subject.
    """
    named = bool(subject.name) and any(name.short == subject.name for name in held)
    yield from _who_is(text, held, headline)
    yield from _what_is(text, held, subject)
    yield from _did(text, held, subject)
    if SIGNS[Aspect.MONEY].search(text):
        yield from _money(text, subject, held, named)
    yield from _count(text, subject, held, named)
    yield from _why(text, subject, headline)
    yield from _said(text, held, subject, headline)
    yield from _papers(text, subject)
    yield from _plain(text, subject, named, central)
    yield from _role(text, subject, held, headline)


def event_question(subject: Subject, tells_headline: bool, outlets: Sequence[str]) -> str:
    """The first section's question: what happened, named; a wider one when the answer adds to the headline's news."""
    if subject.deed and tells_headline:
        return subject.deed.question
    if not subject.name:
        return "What happened?" if tells_headline else "What else is known?"
    if tells_headline:
        return f"What is the news about {subject.topic}?"
    if len(set(outlets)) > 1:
        return f"What do the reports say about {subject.topic}?"
    if re.fullmatch(r"[A-Z][\w.&’' ]{2,28}", outlets[0]):
        return f"What does {outlets[0]} report about {subject.topic}?"
    return f"What is known about {subject.topic}?"


def _who_is(text: str, held: tuple[Name, ...], headline: str) -> Iterator[Ask]:
    for name in held:
        if (
            not name.person
            or name.text not in text
            or name.short in FAMOUS
            or (name.count < 4 and name.short not in headline)
        ):
            continue
        after = re.escape(name.text)
        if re.search(
            rf"{after}, (?:\d\d,|\d\d-year|an? |the (?!Post|Times|Journal))|{after} (?:is|was) (?:an?|the) ",
            text,
        ):
            if len(text[: text.find(name.text)].split()) > 8:
                continue
            yield Ask(Aspect.WHO, f"Who is {name.text}?", name.text, 0.9 + 0.5 * (name.short in headline))


def _what_is(text: str, held: tuple[Name, ...], subject: Subject) -> Iterator[Ask]:
    for name in held:
        if name.person or name.text in WELL_KNOWN or name.text.endswith("s") or " and " in name.text:
            continue
        if re.match(rf"(?:The )?{re.escape(name.text)}(?:,| is| was) (?:an?|the|which) [a-z-]+ ", text):
            yield Ask(
                Aspect.WHAT, f"What is {name.called}?", name.text, 0.9 + 0.5 * (name.short == subject.name)
            )


def _did(text: str, held: tuple[Name, ...], subject: Subject) -> Iterator[Ask]:
    """Questions that take over the sentence's own verb: "What did ProPublica find?"."""
    own = unquoted(text)
    for name in held:
        found = re.search(
            rf"(?<![\w’'-]){re.escape(name.short)} {ADVERB}(?P<verb>{INFLECTED}) (?!by\b|to\b|up\b|in\b|on\b|at\b|(?:an? )?(?:\w+ )?(?:statement|letter|email|response)\b)",
            own,
        )
        if not found or len(own[: found.start()].split()) > 8:
            continue
        verb = BASE[found.group("verb").lower()]
        past = f"What did {_called(name, subject)} {verb}?"
        if verb in ASKABLE and not (subject.deed and subject.deed.question == past):
            yield Ask(
                Aspect.DID, past, name.text if name.short != subject.name else f"{name.text} {verb}", 1.1
            )


def _called(name: Name, subject: Subject) -> str:
    return subject.called if name.short == subject.name else name.called


def _money(text: str, subject: Subject, held: tuple[Name, ...], named: bool) -> Iterator[Ask]:
    for name in held:
        who, called = re.escape(name.short), _called(name, subject)
        if re.search(
            rf"{who}(?:,[^,]*,)? (?:will|would|has agreed to|agreed to|is to|must|could|to) (?:have to )?pay",
            text,
        ):
            yield Ask(Aspect.MONEY, f"How much will {called} pay?", "money", 1.8)
        elif re.search(rf"{who} (?:has )?(?:raised|raises) [^.]{{0,30}}[$€£]", text):
            yield Ask(Aspect.MONEY, f"How much did {called} raise?", "money", 1.8)
        elif not name.person and re.search(
            rf"{who}(?:[’']s)? [^.]{{0,40}}(?:valued at|valuation of|worth) (?:\w+ )?[$€£]", text
        ):
            yield Ask(Aspect.MONEY, f"What is {called} worth?", "money", 1.5)
        elif spent := re.search(
            rf"{who} (?:has )?(spent|donated|gave|invested|paid) [^.]{{0,30}}[$€£]", text
        ):
            base = {
                "spent": "spend",
                "donated": "donate",
                "gave": "give",
                "invested": "invest",
                "paid": "pay",
            }[spent.group(1)]
            yield Ask(Aspect.MONEY, f"How much did {called} {base}?", "money", 1.6)
    found = SUM.search(text)
    if found and named:
        yield Ask(
            Aspect.MONEY,
            f"How large is the {found.group(1) or found.group(2)} for {subject.called}?",
            "money",
            1.2,
        )
    if named:
        if not subject.person:
            yield Ask(Aspect.MONEY, f"How much money is involved for {subject.called}?", "money", 0.4)


def _count(text: str, subject: Subject, held: tuple[Name, ...], named: bool) -> Iterator[Ask]:
    found = SIGNS[Aspect.COUNT].search(text)
    if not found:
        return
    noun = found.group("noun")
    if noun and re.search(r"\b(?:affected|exposed|stolen|compromised|harvested|leaked)\b", text):
        yield Ask(Aspect.COUNT, f"How many {noun} were affected?", "count", 1.4)
    for name in held:
        if noun and re.search(rf"{re.escape(name.short)} (?:now )?has (?:[a-z]+ ){{0,3}}\d", text):
            yield Ask(Aspect.COUNT, f"How many {noun} does {name.called} have?", "count", 1.3)
    if named:
        yield Ask(Aspect.COUNT, f"What do the figures on {subject.called} show?", "count", 0.6)


def _why(text: str, subject: Subject, headline: str) -> Iterator[Ask]:
    if not shows(Aspect.WHY, text):
        return
    deed = subject.deed
    shared = set(terms(text)) & set(terms(headline))
    if deed and deed.thing and deed.helper == "did" and deed.actor in text and len(shared) >= 3:
        yield Ask(Aspect.WHY, f"Why did {deed.actor} {deed.verb} {deed.thing}?", "why", 1.8)
    if moved := re.search(r"\b([A-Z]\w+)[’']s (decision|move|announcement|request|proposal|removal) ", text):
        yield Ask(Aspect.WHY, f"What prompted {moved.group(1)}’s {moved.group(2)}?", "why", 1.2)


def _said(text: str, held: tuple[Name, ...], subject: Subject, headline: str) -> Iterator[Ask]:
    own = unquoted(text)
    if who := speaker_of(own, held):
        called = who.short if who.person and who.short in headline else _called(who, subject)
        respond = not who.person and re.search(r"\b(?:respon\w+|in a statement|denied|spokes\w+)\b", own)
        question = f"How did {called} respond?" if respond else f"What did {called} say?"
        yield Ask(
            Aspect.SAID,
            question,
            who.text,
            0.9 + 0.3 * (own != text) + 0.3 * (who.short in headline) + 0.05 * min(6, who.count),
        )
    if group := CROWD_SAYS.search(own) or SAID_CROWD.search(own):
        crowd = group.group("who")
        crowd = (
            crowd[0].upper() + crowd[1:]
            if crowd.lower().startswith(("democ", "repub", "u.s"))
            else crowd.lower()
        )
        tail = f" about {subject.topic}" if subject.name else ""
        yield Ask(Aspect.CRITICS, f"What do {crowd} say{tail}?", crowd.split()[-1], 1.1)


def speaker_of(own: str, held: tuple[Name, ...]) -> Name | None:
    """Who speaks in the sentence, when it says so by name. `own` is the sentence without its quotations."""
    for name in sorted(held, key=lambda each: not each.person):
        if name.text in PRESS or name.place:
            continue
        who = re.escape(name.short)
        if re.search(
            rf"(?<![\w’'-]){who}(?:,[^,“”]{{3,80}},)? (?:spokes\w+ |officials? |executives? )?(?:[A-Z]\w+ [A-Z]\w+ )?(?:also |has |had |have )?{SAYING}\b",
            own,
        ):
            return name
        role = rf"(?:{TITLES}\.? |(?!(?:at|in|on|during|that|to|after|as|of|when|his|her|it|he|she|they|and|while|if|there|what|its|their|no|not|was|were|is|had|has|would|will|we|you) )[\w’'.-]+ )"
        if "ccording to" in own and re.search(rf"\b{SAYING}\b", own):
            continue
        if re.search(
            rf"(?:[”\",] (?:said|says|wrote|added|asked|tweeted)|\b[Aa]ccording to) (?:the )?{role + '{0,6}' if name.person else ''}{who}(?! [A-Z])(?![\w’'-])",
            own,
        ):
            return name
    return None


def _papers(text: str, subject: Subject) -> Iterator[Ask]:
    own = unquoted(text)
    if found := PAPER.search(own):
        what = re.sub(r"^(?:new|internal|leaked) ", "", found.group("what"))
        about = (
            f" on {subject.called}"
            if subject.name
            and what in ("report", "study", "survey", "poll", "analysis")
            and subject.name in text
            else ""
        )
        verb = "find" if found.group("does").startswith(("found", "show", "conclu")) else "say"
        yield Ask(Aspect.FOUND, f"What did the {what}{about} {verb}?", what, 1.2)
    if found := RULED.search(own):
        yield Ask(Aspect.LAW, f"What did the {found.group('who')} decide?", "law", 1.2)
    if charged := re.search(r"\b(?P<who>[A-Z]\w+) (?:was|is|were) charged with\b", own):
        yield Ask(Aspect.LAW, f"What was {charged.group('who')} charged with?", "law", 1.4)
    if (
        re.search(r"\binvestigat\w+ (?:whether|how|the|into)\b|\bprobe (?:into|of)\b", own)
        and subject.name
        and subject.name in own
    ):
        yield Ask(Aspect.LAW, "What are investigators looking into?", "law", 0.9)


def _plain(text: str, subject: Subject, named: bool, central: bool) -> Iterator[Ask]:
    """The questions that any subject may be asked."""
    if not subject.name or not (named or central):
        return
    called, topic, name = subject.called, subject.topic, re.escape(subject.name)
    own = unquoted(text)
    if affected := AFFECTED.match(text):
        crowd = affected.group("who")
        crowd = crowd if crowd == "Americans" else crowd.lower()
        news = topic if topic != called else f"the {subject.name} story"
        yield Ask(Aspect.MEANS, f"What does {news} mean for {crowd}?", crowd, 1.2)
    if re.search(rf"(?<![\w-]){name} (?:\w+ )?(?:plans|intends|vowed|pledged|promised|expects|hopes)\b", own):
        yield Ask(
            Aspect.NEXT,
            f"What does {called} plan to do next?"
            if not subject.plural
            else f"What do {called} plan to do next?",
            "next",
            1.2,
        )
    elif shows(Aspect.NEXT, text):
        yield Ask(Aspect.NEXT, f"What comes next for {called}?", "next", 0.8)
    if shows(Aspect.BEFORE, text):
        question = f"What led up to {topic}?" if topic != called else f"What is the background on {called}?"
        yield Ask(Aspect.BEFORE, question, "before", 0.8)
    if shows(Aspect.STAKE, text):
        yield Ask(Aspect.STAKE, f"What is at stake for {called}?", "stake", 0.7)
    if subject.person or subject.plural or not named:
        return
    if shows(Aspect.COMPARED, text) and re.match(rf"(?:The )?{name}\b", own):
        yield Ask(Aspect.COMPARED, f"How does {called} compare?", "compared", 0.9)
    if re.search(rf"{name} (?:uses|works|lets|allows|relies|runs|will let|enables|supports|combines)\b", own):
        yield Ask(Aspect.WORKS, f"How does {called} work?", "works", 1.0)


def _role(text: str, subject: Subject, held: tuple[Name, ...], headline: str) -> Iterator[Ask]:
    for name in held:
        if (
            name.short == subject.name
            or name.count < 3
            or len(name.text) < 3
            or name.place
            or name.text in PRESS
            or name.text.split()[-1] in (*PLURALS, "Police")
        ):
            continue
        if subject.deed and (name.text in subject.deed.actor or name.short in subject.deed.actor):
            continue
        if re.match(
            rf"(?:The )?(?:[A-Z][\w’.]+ ){{0,3}}{re.escape(name.short)}(?![\w’'-])", text
        ) and not ALSO.match(text):
            strength = 0.3 + 0.08 * min(6, name.count) + 0.2 * (name.short in headline)
            yield Ask(Aspect.ROLE, f"Where does {name.called} come in?", name.text, strength)
