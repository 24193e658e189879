"""Words the questions that are answered by what somebody says: who, about what, and what they do with the words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from briefings.write.ask import Ask
from briefings.write.aspects import Aspect
from briefings.write.furniture import unquoted
from briefings.write.lexicon import FAMOUS, PLURALS, PRESS
from briefings.write.names import OFFICE, SAYING, Name
from briefings.write.speakers import HERE, crowds_in, masked, voice_of
from briefings.write.speech import Act, act_of, gives_reason
from briefings.write.subject import Subject

RESPONDS = re.compile(r"\b(?:respond(?:ed|s|ing)?|in response|in a statement|denied)\b")
# Where, to whom and in whose words something was said is not what it was about.
NOT_SAID = re.compile(
    r"\b(?:told|tells|on|via|at|in) (?:the )?(?:Twitter|X|Facebook|CNN|CNBC|Reddit|[A-Z][\w.]+ (?:News|"
    r"Times|Post|Journal))\b|"
    r"\b(?:told|tells) (?:the )?[A-Z][\w.]+(?: [A-Z]\w+)*|, in the words of .*|,? according to [^,.]+|"
    r"\b(?:head|chief|director|president|minister|secretary|adviser|professor|editor) "
    r"(?:of|for|on) [a-z]+(?: [a-z]+)?|, (?:who|which) [^,]+,|, (?:an?|the) [^,]+,"
)
STANCE = (
    r"(?:has |have |had )?(?:long |also |repeatedly |publicly |previously )?"
    r"(?:staked out|taken a|been critical of|been a critic|"
    r"supports?|supported|opposes?|opposed|favou?rs?|called for|calls for|argues? (?:that|for|against)|backs?|backed)\b"
)
SPOKEN = re.compile(rf"\b(?:{SAYING})\b")
CALLED = re.compile(
    rf"{HERE}(?:,[^,“”]{{3,80}},)? (?:has |had )?(?:called|calls|described|describes) "
    r"(?P<what>(?:the |[A-Z])[\w’' .-]{2,40}?) (?:as )?(?:an? |the |[“\"])"
)


def stand(own: str, subject: Subject) -> Iterator[Ask]:
    """Where the subject stands on the matter, by a sentence that says so of it."""
    if subject.name and re.search(rf"(?<![\w-]){re.escape(subject.name)} {STANCE}", own):
        helper = "do" if subject.plural else "does"
        yield Ask(Aspect.SAID, f"Where {helper} {subject.called} stand?", "stance", 1.0)


def said(
    text: str,
    own: str,
    held: Sequence[Name],
    subject: Subject,
    headline: str,
    topics: Mapping[str, str],
    offices: Mapping[str, str],
    goes_on: str,
) -> Iterator[Ask]:
    """What the voices of a sentence say, one person or body and any crowd; arguments as of `questions.asks_of`."""
    who = voice_of(own, held)
    bystander = who and not who.person and who.count < 3 and who.short not in headline
    if who and bystander and own.startswith(who.text):
        bystander = act_of(text, who.short) is None
    if who and not bystander:
        prominent = who.short in headline
        called = who.short if who.person and prominent else presented(who, own, offices)
        # Of two who speak in one sentence, who says what of whom is not read off.
        topic = _topic_of(text, who, held, subject, topics) if len(SPOKEN.findall(own)) < 2 else ""
        topic = "" if topic.removeprefix("the ") in called else topic
        strength = 0.5 + 0.3 * (own != text) + 0.2 * prominent + 0.05 * min(6, who.count)
        if not who.person and RESPONDS.search(own):
            yield Ask(Aspect.SAID, f"How did {called} respond?", who.text, strength + 0.3, "respond")
        else:
            main = who.short == subject.name
            yield from spoken(text, who, called, topic, strength, main, goes_on)
    yield from _crowds(text, own, subject)


def _crowds(text: str, own: str, subject: Subject) -> Iterator[Ask]:
    for crowd in crowds_in(own):
        about = crowd.split()[-1]
        if act := act_of(text, crowd):
            yield Ask(Aspect.CRITICS, act.question(crowd, plural=True), about, 1.2, act.asked)
        else:
            tail = f" about {subject.topic}" if subject.name and subject.name in text else ""
            yield Ask(Aspect.CRITICS, f"What do {crowd} say{tail}?", about, 0.8, "say")


def spoken(
    text: str,
    who: Name,
    called: str,
    topic: str,
    strength: float,
    main: bool = False,
    goes_on: str = "",
) -> Iterator[Ask]:
    """What a speaker does with the words; where they only tell, what they are about, and last that they spoke.

    `main`: the story is about the speaker, whose reasons are asked for. `goes_on`: the speaker's next words; whom they
    judge, the sentence judges too.
    """
    plural = who.text.split()[-1] in PLURALS
    helper = "do" if plural else "does"
    named = CALLED.search(masked(text, who))
    if act := None if named else _act(text, goes_on, who):
        aspect = Aspect.CRITICS if act.judges else Aspect.SAID
        yield Ask(aspect, act.question(called, plural), who.text, strength + 0.4, act.asked)
    elif named:
        question = f"What {helper} {called} call {named['what']}?"
        yield Ask(Aspect.CRITICS, question, who.text, strength + 0.4, "call")
    elif main and gives_reason(text):
        yield Ask(Aspect.SAID, f"What reason {helper} {called} give?", who.text, strength + 0.4, "give")
    elif topic and SPOKEN.search(unquoted(text)):
        yield Ask(Aspect.SAID, f"What did {called} say about {topic}?", who.text, strength, "say")
    elif unquoted(text) != text and "?" not in text:
        yield Ask(Aspect.SAID, f"What did {called} say?", who.text, strength - 0.6, "say")


def _act(text: str, goes_on: str, who: Name) -> Act | None:
    """What the words do, or, where they only tell, whom or what the speaker's next words judge."""
    act = act_of(text, who.short)
    later = act_of(goes_on, who.short) if act is None and goes_on else None
    return later if later and later.stays else act


def presented(who: Name, own: str, offices: Mapping[str, str]) -> str:
    """The speaker as the sentence, else the story, presents them: "FTC Chairman Joe Simons"; else the bare name."""
    if who.person and who.short in FAMOUS:
        return re.sub(r" [A-Z]\. ", " ", who.called)
    if not who.person:
        return who.called
    found = re.search(rf"(?P<office>{OFFICE}) {re.escape(who.text)}\b", own)
    office = found["office"] if found and len(found["office"].split()) <= 6 else offices.get(who.text, "")
    return f"{office} {who.text}" if office else who.called


def _topic_of(text: str, who: Name, held: Sequence[Name], subject: Subject, topics: Mapping[str, str]) -> str:
    """What a speaker's words are about: the subject, a thing the story comes back to, or another name."""
    words = NOT_SAID.sub("", text).replace(who.text, "").replace(who.short, "")
    if (
        subject.name
        and subject.name in words
        and subject.name not in who.text
        and who.text not in subject.called
    ):
        return subject.topic
    for phrase, said in topics.items():
        if re.search(rf"\b{re.escape(phrase)}\b", words) and said not in (subject.name, who.text):
            return said
    for name in held:
        other = name.short in words and name.text not in who.text and who.short not in name.text
        if other and name.count >= 3 and not name.place and name.text not in PRESS and len(name.text) > 2:
            return name.called
    return ""
