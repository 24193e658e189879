"""Words the question that a sentence answers, so that the heading is grammatical and the answer below it real."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from briefings.terms import stem, terms
from briefings.write.alternatives import by_letter
from briefings.write.ask import Ask
from briefings.write.aspects import SIGNS, Aspect, shows
from briefings.write.clauses import is_plural
from briefings.write.furniture import unquoted
from briefings.write.lexicon import ASKABLE, FAMOUS, PRESS, WELL_KNOWN
from briefings.write.names import Name
from briefings.write.speakers import HERE, masked
from briefings.write.subject import Subject
from briefings.write.verbs import ADVERB, BASE, INFLECTED, forms
from briefings.write.voices import said, stand

DEFINED = re.compile(
    rf"^(?:\S+ ){{0,8}}{HERE}(?:, (?:\d\d, (?:an?|the|who|of) |\d\d-year|an? |the (?!Post|Times|Journal))|"
    r" (?:is|was) (?:an?|the) )"
)
IS_A = re.compile(rf"(?:The )?{HERE}(?:,| is| was) (?:an?|the|which) [a-z-]+ ")
DID = re.compile(
    rf"^(?:(?!that )\S+ ){{0,8}}[“\"]?(?<!and )(?<!of )(?<!the )(?<!The )(?<!in )(?<!at )(?<!from ){HERE} "
    rf"{ADVERB}(?P<verb>{INFLECTED}) "
    r"(?!(?:by|to|up|in|on|at|as|from|for|with|after|and|that)\b|"
    r"(?:an? )?(?:\w+ )?(?:statement|letter|email|response)\b)"
)
PAYS = re.compile(
    rf"{HERE}(?:,[^,]*,)? (?:will|would|has agreed to|agreed to|is to|must|could|to) (?:have to )?pay"
)
RAISED = re.compile(
    rf"{HERE} (?:has )?(?:raised|raises) (?:(?:about|more than|another|at least|an additional) )?[$€£]"
)
WORTH = re.compile(rf"{HERE}(?:[’']s)? [^.]{{0,40}}(?:valued at|valuation of|worth) (?:\w+ )?[$€£]")
SPENT = re.compile(rf"{HERE} (?:has )?(spent|donated|gave|invested|paid) [^.]{{0,30}}[$€£]")
SPEND = {"spent": "spend", "donated": "donate", "gave": "give", "invested": "invest", "paid": "pay"}
SUM = re.compile(
    r"[$€£][\d.,]+ ?(?:million |billion )?(fine|penalty|settlement|valuation)|"
    r"\b(fine|penalty|settlement|valuation) of (?:\w+ ){0,3}[$€£]"
)
HARMED = by_letter(r"\b(?:affected|exposed|stolen|compromised|harvested|leaked)\b")
HAS_SO_MANY = re.compile(rf"{HERE} (?:now )?has (?:[a-z]+ ){{0,3}}\d")
MOVED = re.compile(r"\b([A-Z]\w+)[’']s (decision|move|announcement|request|proposal|removal) ")
PAPER = re.compile(
    r"\b(?:the|a|an|The|A|An) (?:new |internal |leaked )?"
    r"(?P<what>report|study|survey|poll|lawsuit|complaint|memo|letter|indictment|affidavit|paper|analysis) "
    r"(?P<does>found|says|said|shows?|showed|concluded|estimates?|alleges?|alleged|claims?|argues|accuses)\b"
)
RULED = re.compile(
    r"\b(?:The|the|a|A|an|federal|appeals|Supreme) (?P<who>judge|court|Supreme Court|jury)(?: on \w+day)? "
    r"(?:ruled|decided|blocked|ordered|found|rejected|upheld|said|sided|overturned|dismissed|approved|struck down)\b"
)
CHARGED = re.compile(r"\b(?P<who>[A-Z]\w+) (?:was|is|were) charged with\b")
PROBED = by_letter(
    r"\b(?:investigating|looking into|examining)\b|"
    r"\b(?:opened|launched|began|started) (?:\w+ ){1,3}(?:investigation|probe|inquiry)\b"
)
AFFECTED = re.compile(
    r"(?:(?:All|Many|Most|Some|Any|Affected|The|U\.S\.|Other|Eligible|Individual|Paying|Free|Enterprise) ){0,2}"
    r"(?:[a-z]+ ){0,2}(?P<who>[Uu]sers|[Cc]onsumers|[Cc]ustomers|[Vv]oters|[Dd]evelopers|[Ee]mployees|"
    r"[Ww]orkers|"
    r"Americans|[Ii]nvestors|[Pp]atients|[Ss]tudents|[Bb]usinesses|[Pp]ublishers|[Dd]rivers|[Pp]arents|"
    r"[Aa]dvertisers|[Ss]hareholders|[Rr]esearchers|[Ss]tates|[Ss]ubscribers|[Tt]eachers|[Hh]ospitals|"
    r"[Cc]itizens|"
    r"[Vv]iewers|[Ss]ellers|[Rr]etailers|[Cc]ompanies) (?:[\w’', -]{0,60} )?"
    r"(?:may|can|will|could|would|must|are entitled|are able|have to|won[’']t|can[’']t|should)\b"
)
PLANS = re.compile(rf"(?<![\w-]){HERE} (?:\w+ )?(?:plans|intends|vowed|pledged|promised|expects|hopes)\b")
DATED_BACK = re.compile(
    r"(?:In|Back in|During) (?:early |late |mid-)?(?P<when>(?:(?:January|February|March|April|May|June|"
    r"July|August|"
    r"September|October|November|December),? )?(?:19|20)\d\d|(?:January|February|March|April|June|July|August|"
    r"September|October|November|December))(?:,| (?!(?:and|to|by|or)\b)[\w’]+ )"
)
UNCLEAR = by_letter(
    r"\b(?:unclear|not clear|not known|(?:is|are|was|were|remains?|remained|still) (?:largely )?unknown|has not said|"
    r"have not said|remains to be seen|did not "
    r"say|no word|"
    r"declined to (?:say|comment|answer)|has not (?:said|disclosed|published)|whether .* remains)\b"
)
RISKY = re.compile(
    r"\b(?:risks? (?:for|to|of|that|from)|(?:at|the|a|more|high|main|biggest|legal|financial) risks?|risky|"
    r"dangers? (?:of|to|for|that)|vulnerable to|backlash|could (?:lose|face|suffer|hurt|backfire))\b"
)
SAFER = re.compile(
    r"\b(?:not an?|less|lower|reduc\w+|without|minimi[sz]\w+|no|avoid\w*|mitigat\w+) (?:\w+ )?(?:risks?|dangers?)\b"
)
MATTERS = by_letter(
    r"\b(?:means? that|would mean|implications?|consequences?|could (?:lead|help|hurt|change|cost|force|"
    r"open|provoke|"
    r"dent)|the (?:largest|biggest|most|worst) [\w-]+ (?:\w+ )?(?:ever|in|of|to|since)|"
    r"major (?:shift|test|step|setback|blow|victory|change|win|loss|flash point|challenge to)|turning point|"
    r"undermin\w+|underscor\w+|touched off|at stake|more than any|(?<!no )matters? (?:because|to|for|most))\b"
)
NEGATED = re.compile(r"\b(?:not|never|no longer|no plans)\b|n[’']t\b")
WILL = by_letter(
    r"\b(?:scheduled (?:to|for)|(?:is|are) set to|later this (?:year|month|week)|upcoming|in the coming|"
    r"is due|are due|is expected to|are expected to|will (?:vote|testify|appear|decide|hear|meet|launch|"
    r"begin|start|"
    r"continue|roll out|hold))\b"
)
LED_BY_NAME = re.compile(rf"(?:The )?(?:[A-Z][\w’.]+ ){{0,3}}{HERE}(?![\w’'-])")
ALSO = re.compile(r"(?:\S+ ){1,6}(?:also|too|as well)\b")


def event_question(subject: Subject) -> str:
    """What the headline's deed answers: "What did Facebook remove?"; empty when it was not surely read."""
    return subject.deed.question if subject.deed and not subject.deed.question.endswith(" do?") else ""


def why_question(subject: Subject) -> str:
    """After the reason of the headline's deed, "Why did Facebook remove the ads?"; empty when not surely read."""
    deed = subject.deed
    if not deed or not deed.thing or deed.helper != "did":
        return ""
    return f"Why did {deed.actor} {deed.verb} {deed.thing}?"


def asks_of(
    text: str,
    subject: Subject,
    held: Sequence[Name],
    headline: str,
    central: bool,
    topics: Mapping[str, str],
    offices: Mapping[str, str],
    goes_on: str = "",
) -> Iterator[Ask]:
    """Every question that `text` answers, the headline's event apart.

    `held`: the names in the text. `central`: it is so near the heart of the story that it needs not name the subject,
    which was named right before it.
    `topics`: the nameless things the story comes back to, and how a question says them. `offices`: those of its people.
    `goes_on`: what its speaker says next.
    """
    own = unquoted(text)
    for name in held:
        yield from _about_name(text, own, name, subject, headline)
    named = bool(subject.name) and any(name.short == subject.name for name in held)
    named = named or bool(subject.name and subject.name.islower() and subject.name in text)
    yield from _figures(text, subject, named)
    yield from _why(text, subject, headline, central)
    yield from stand(own, subject)
    yield from said(text, own, held, subject, headline, topics, offices, goes_on)
    yield from _before(text, subject, central)
    yield from _papers(own, subject)
    if subject.name and (named or central):
        yield from _general(text, subject, named)


def _about_name(text: str, own: str, name: Name, subject: Subject, headline: str) -> Iterator[Ask]:
    """The questions about one name of the sentence: who or what it is, what it did, what it pays, its part."""
    seen, heard = masked(text, name), masked(own, name)
    main = name.short == subject.name
    called = subject.called if main else name.called
    prominent = name.short in headline
    if name.person:
        known = name.short in FAMOUS or (name.count < 4 and not prominent)
        if name.text in text and not known and DEFINED.match(seen):
            yield Ask(Aspect.WHO, f"Who is {name.text}?", name.text, 0.9 + 0.5 * prominent)
    elif not (name.text in WELL_KNOWN or name.text.endswith("s") or " and " in name.text) and IS_A.match(
        seen
    ):
        yield Ask(Aspect.WHAT, f"What is {name.called}?", name.text, 0.9 + 0.5 * main)
    if found := DID.match(heard):
        form = found.group("verb").lower()
        verb = BASE[form]
        habit = form == forms(verb)[0]
        question = f"What does {called} {verb}?" if habit else f"What did {called} {verb}?"
        if (
            verb in ASKABLE
            and name.text not in PRESS
            and not (habit and subject.plural)
            and not (subject.deed and subject.deed.question == question)
        ):
            yield Ask(
                Aspect.DID, question, f"{name.text} {verb}" if main else f"{name.text} {Aspect.DID}", 1.1
            )
    if SIGNS[Aspect.MONEY].search(text):
        yield from _money(seen, name, called)
    if main and PLANS.search(heard):
        helper = "do" if subject.plural else "does"
        yield Ask(Aspect.NEXT, f"What {helper} {called} plan to do next?", "next", 1.2)


def matter_of(subject: Subject) -> str:
    """The story's event or thing as something one can have a role in."""
    event = subject.topic != subject.called or (subject.name[:1].islower() and not subject.plural)
    return subject.topic if event else f"the {subject.name} story"


def matters(subject: Subject) -> str:
    """The story as the subject of "matter": "does the Equifax settlement", "do the surveillance programs"."""
    matter = matter_of(subject)
    return f"{'do' if is_plural(matter.split()[-1]) else 'does'} {matter}"


def background_of(subject: Subject) -> str:
    """The question after what came before the event; empty-handed subjects have none."""
    deed = subject.deed
    if deed and deed.thing and deed.helper == "did":
        return f"What happened before {deed.actor} {forms(deed.verb)[1]} {deed.thing}?"
    return (
        f"What led up to {subject.topic}?"
        if subject.topic != subject.called
        else (f"What is the background to {matter_of(subject)}?")
    )


def _money(seen: str, name: Name, called: str) -> Iterator[Ask]:
    if PAYS.search(seen):
        yield Ask(Aspect.MONEY, f"How much will {called} pay?", "money", 1.8)
    elif RAISED.search(seen):
        yield Ask(Aspect.MONEY, f"How much did {called} raise?", "money", 1.8)
    elif not name.person and WORTH.search(seen):
        yield Ask(Aspect.MONEY, f"What is {called} worth?", "money", 1.5)
    elif spent := SPENT.search(seen):
        yield Ask(Aspect.MONEY, f"How much did {called} {SPEND[spent.group(1)]}?", "money", 1.6)
    if (noun := _counted(seen)) and HAS_SO_MANY.search(seen):
        yield Ask(Aspect.COUNT, f"How many {noun} does {name.called} have?", "count", 1.3)


def _counted(text: str) -> str:
    found = SIGNS[Aspect.COUNT].search(text)
    return (found.group("noun") or "") if found else ""


def _figures(text: str, subject: Subject, named: bool) -> Iterator[Ask]:
    if named and SIGNS[Aspect.MONEY].search(text) and (found := SUM.search(text)):
        noun = found.group(1) or found.group(2)
        yield Ask(Aspect.MONEY, f"How large is the {noun} for {subject.called}?", "money", 1.2)
    if not SIGNS[Aspect.COUNT].search(text):
        return
    if (noun := _counted(text)) and HARMED.search(text):
        yield Ask(Aspect.COUNT, f"How many {noun} were affected?", "count", 1.4)


def _why(text: str, subject: Subject, headline: str, central: bool) -> Iterator[Ask]:
    if not shows(Aspect.WHY, text) and " because " not in text:
        return
    deed = subject.deed
    if deed and (question := why_question(subject)):
        own = set(terms(text))
        done = deed.actor in text and stem(deed.verb) in own and len(own & set(terms(headline))) >= 3
        undone = central and " because " in text and stem(deed.thing.split()[-1]) in own
        if done or undone:
            yield Ask(Aspect.WHY, question, "why", 1.8)
    if moved := MOVED.search(text):
        yield Ask(Aspect.WHY, f"What prompted {moved.group(1)}’s {moved.group(2)}?", "why", 1.2)


def _before(text: str, subject: Subject, central: bool) -> Iterator[Ask]:
    """What happened at a time that the sentence opens with, or how things came one after the other."""
    if DATED_BACK.match(text):
        if central or (subject.name and subject.name in text):
            yield Ask(Aspect.BEFORE, background_of(subject), "before", 0.9)
    elif subject.topic != subject.called and shows(Aspect.BEFORE, text) and subject.name in text:
        yield Ask(Aspect.BEFORE, background_of(subject), "before", 0.7)


def _papers(own: str, subject: Subject) -> Iterator[Ask]:
    if found := PAPER.search(own):
        what = found.group("what")
        studied = what in ("report", "study", "survey", "poll", "analysis") and subject.name in own
        about = f" on {subject.called}" if subject.name and studied else ""
        verb = "find" if found.group("does").startswith(("found", "show", "conclu")) else "say"
        yield Ask(Aspect.FOUND, f"What did the {what}{about} {verb}?", what, 1.2)
    if found := RULED.search(own):
        yield Ask(Aspect.LAW, f"What did the {found.group('who')} decide?", "law", 1.2)
    if charged := CHARGED.search(own):
        yield Ask(Aspect.LAW, f"What was {charged.group('who')} charged with?", "law", 1.4)
    if PROBED.search(own) and subject.name and subject.name in own:
        yield Ask(Aspect.LAW, "What are investigators looking into?", "law", 0.9)


def _general(text: str, subject: Subject, named: bool) -> Iterator[Ask]:
    """The questions that any subject may be asked. `named`: the sentence names it."""
    called, topic = subject.called, subject.topic
    if affected := AFFECTED.match(text):
        crowd = affected.group("who")
        crowd = crowd if crowd == "Americans" else crowd.lower()
        news = topic if topic != called else f"the {subject.name} story"
        helper = "do" if is_plural(news.split()[-1]) else "does"
        yield Ask(Aspect.MEANS, f"What {helper} {news} mean for {crowd}?", crowd, 1.2)
    own = unquoted(text)
    if UNCLEAR.search(own):
        yield Ask(Aspect.LIMIT, f"What is still unclear about {topic}?", "unclear", 0.9)
    elif named and RISKY.search(own) and not SAFER.search(own) and not subject.person:
        yield Ask(Aspect.LIMIT, f"What are the risks for {called}?", "risks", 0.7)
    if MATTERS.search(own) and not subject.person:
        yield Ask(Aspect.STAKE, f"Why {matters(subject)} matter?", "stake", 0.7)
    if WILL.search(own) and not NEGATED.search(own):
        yield Ask(Aspect.NEXT, f"What comes next for {called}?", "next", 0.6)
