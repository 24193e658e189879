"""Words plainer headings for what no clause heading fits: each names whom or what its sentences speak of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from briefings.write.ask import Ask
from briefings.write.aspects import SIGNS, Aspect, shows
from briefings.write.clauses import clause_of, is_plural
from briefings.write.draft import Draft
from briefings.write.furniture import NO_COMMENT, unquoted
from briefings.write.heads import PRONOUN
from briefings.write.lexicon import FAMOUS, PLURALS
from briefings.write.names import Name, Names
from briefings.write.phrases import AFTER, phrases_of
from briefings.write.pool import Candidate
from briefings.write.questions import NEGATED, background_of, matter_of
from briefings.write.speakers import HERE, masked, speaker_of, voice_of
from briefings.write.subject import Subject
from briefings.write.voices import presented, spoken

MOST = 3  # such headings in a brief, each of another kind
LONGEST = 92
CENTRAL = 0.35  # so near the heart of the story that who leads the sentence has a part in it
CHIEF = 1  # phrases that come back so often that naming them anywhere in a sentence is enough
RETURNS = {1: 5, 2: 2, 3: 2}  # how often a phrase of so many words must come back to head a section
FIGURE = re.compile(
    r"[$€£]\d[\d.,]*|(?<![\w$€£.,])\d[\d.,]* ?(?:percent\b|per cent\b|%|million\b|billion\b|trillion\b)"
    r"|(?<![\w$€£.,])(?!(?:19|20)\d\d\b)\d[\d.,]* (?:[a-z-]+ )?[a-z]{3,}s\b"
)
TURNED = re.compile(
    rf"\b(?:said|says|writes|wrote) (?:[A-Z][\w’'.-]* |of |at |and |the ){{0,7}}{HERE}(?![’'\w])"
)
IS_SOMEBODY = re.compile(
    rf"(?:\S+ ){{0,3}}{HERE}(?:, (?:an?|the|who) (?!focus|subject|target|face)|"
    r" (?:is|was) (?:an?|the) | (?:served|works|worked) (?:as|at|for) |"
    r" (?:heads|headed|runs|ran|led|leads|founded|co-founded|became|went to work for|has been an?|has been the) )"
)
BLAMED = re.compile(
    rf"^(?:\S+ ){{0,4}}{HERE} (?:has |have |had )?(?:recently |also |long )?(?:(?:come|came|been|is) under (?:\w+ )?"
    r"(?:criticism|fire|scrutiny)|(?:been|was|is) (?:criticized|slammed)|faced? (?:\w+ )?(?:criticism|scrutiny)) "
    r"(?:for|over) "
)
NOTES = re.compile(rf"\b(?:gave|showed|sent|handed) {HERE} notes\b")
OUTLET = re.compile(r"\b(?:News|Times|Post|Journal|Magazine|Today|TV|Beast|Guardian|Herald|Tribune|Review)$")
VAGUE = frozenset(["average", "help", "activity", "end", "way", "time", "part", "fact", "day", "year"])
# An inquiry beside that of the story.
PROBES = re.compile(
    r"\b(?:conducting|opened|launched|began|started|leading|joined) (?:its|their|another|a|an|the) (?:\w+ ){0,3}"
    r"(?:investigation|probe|inquiry)\b"
)
# What has been done already, whatever it will lead to.
PAST = re.compile(
    r"\b[a-z]+ed (?:[^,]{0,40} )?(?:in (?:January|February|March|April|May|June|July|August|September|October|November|"
    r"December)|last \w+|earlier)\b"
)
TO_COME = re.compile(
    r"\b(?:will|vowed|pledged|scheduled (?:to|for)|(?:is|are) (?:set|expected|due) to|plans? to|intends? to|upcoming|"
    r"deadline|in the coming|later this (?:week|month|year))\b"
)


def themes_of(draft: Draft) -> dict[str, str]:
    """The noun phrases that the usable sentences come back to, each as a question says it."""
    articles = {candidate.article.article: candidate.article for candidate in draft.pool.candidates}
    return phrases_of([article.text for article in articles.values()], RETURNS, definite=2, most=40)


def second_asks(
    draft: Draft, candidate: Candidate, subject: Subject, themes: Mapping[str, str]
) -> Iterator[Ask]:
    """What the sentence may stand under, one question of a kind; the aspect tells the kind."""
    own = unquoted(candidate.text)
    held = draft.held(candidate)
    about_it = draft.near_subject(candidate, subject.name)
    for ask in (
        _blamed(own, held) or _voice(candidate.text, held, subject, draft.pool.names.offices),
        _earlier(candidate.text, subject) if about_it else None,
        _figures(candidate.text, subject) if about_it else None,
        _legal(candidate.text, subject) if about_it else None,
        _theme(own, themes, subject) or _spoken_of(candidate.text, draft.pool.names, subject),
        _role(own, themes, subject),
        _part(own, held, subject) if candidate.relevance >= CENTRAL and not NO_COMMENT.search(own) else None,
        _ahead(candidate.text, subject),
    ):
        if ask and len(ask.question) <= LONGEST:
            yield ask


def more_asks(
    draft: Draft, candidate: Candidate, subject: Subject, themes: Mapping[str, str]
) -> Iterator[Ask]:
    """What somebody says about a theme of the story."""
    own = unquoted(candidate.text)
    who = speaker_of(own, draft.held(candidate))
    if who is None or who.text.split()[-1] in PLURALS or OUTLET.search(who.text):
        return
    for phrase, said in themes.items():
        if phrase not in VAGUE and re.search(rf"(?<![\w-]){re.escape(phrase)}(?![\w-])", candidate.text):
            yield Ask(
                Aspect.SAID,
                f"What did {presented(who, own, draft.pool.names.offices)} say about {said}?",
                who.text,
                0.6,
                "say",
            )
            return


def _blamed(own: str, held: tuple[Name, ...]) -> Ask | None:
    for name in held:
        if BLAMED.match(masked(own, name)) and name.text.split()[-1] not in PLURALS:
            return Ask(Aspect.CRITICS, f"What is {name.called} criticized for?", name.text, 0.9)
    return None


def _voice(text: str, held: tuple[Name, ...], subject: Subject, offices: Mapping[str, str]) -> Ask | None:
    """Who speaks or takes a stand, as far as a name is given."""
    own = unquoted(text)
    turned = (name for name in held if name.person and TURNED.search(masked(own, name)))
    who = voice_of(own, held) or next(turned, None)
    if (
        who is None
        or who.text.split()[-1] in PLURALS
        or OUTLET.search(who.text)
        or NOTES.search(masked(own, who))
    ):
        return None
    called = presented(who, own, offices) if who.person else _called(who, own)
    apart = bool(subject.name) and subject.name in own and subject.name not in who.text
    topic = subject.topic if apart and who.text not in subject.topic else ""
    return next(spoken(text, who, called, topic, 0.6), None)


def _legal(text: str, subject: Subject) -> Ask | None:
    own = unquoted(text).replace("the law", "")
    if not _story(subject) or len(set(SIGNS[Aspect.LAW].findall(own))) < 1 + (subject.name not in text):
        return None
    if PROBES.search(own) and subject.name in own:
        return Ask(Aspect.LAW, f"Who else is investigating {subject.called}?", "law", 0.5)
    return Ask(Aspect.LAW, f"What are the legal questions in {_story(subject)}?", "law", 0.2)


def _earlier(text: str, subject: Subject) -> Ask | None:
    if not subject.name or not shows(Aspect.BEFORE, text):
        return None
    return Ask(Aspect.BEFORE, background_of(subject), "before", 0.6)


def _figures(text: str, subject: Subject) -> Ask | None:
    if not _story(subject) or len(set(FIGURE.findall(text))) < 2:
        return None
    return Ask(Aspect.COUNT, f"What are the numbers behind {_story(subject)}?", "figures", 0.5)


def _theme(own: str, themes: Mapping[str, str], subject: Subject) -> Ask | None:
    """The phrase that the sentence names, early unless it is among the chief ones of the story."""
    for place, (phrase, said) in enumerate(themes.items()):
        early = own[: len(own) // 2] if " " in phrase else own[:45]
        early = own if place < CHIEF and " " in phrase else early
        apart = phrase != subject.name and said not in subject.topic and phrase not in VAGUE
        if apart and re.search(rf"(?<![\w-]){re.escape(phrase)}{AFTER}", early):
            return Ask(Aspect.TOPIC, f"What is known about {said}?", phrase, 0.5 - 0.01 * min(place, 20))
    return None


def _role(own: str, themes: Mapping[str, str], subject: Subject) -> Ask | None:
    """The part that one of the story's recurring things plays, where the sentence names both."""
    if not subject.name or subject.name not in own:
        return None
    for phrase, said in themes.items():
        apart = " " in phrase and phrase not in subject.topic and subject.name not in phrase
        if apart and re.search(rf"(?<![\w-]){re.escape(phrase)}(?![\w-])", own):
            helper = "do" if is_plural(phrase.split()[-1]) else "does"
            return Ask(Aspect.MORE, f"What role {helper} {said} play?", phrase, 0.4)
    return None


def _spoken_of(text: str, names: Names, subject: Subject) -> Ask | None:
    """The thing without a name that is the sentence's own subject: "What is known about the partisan divide?"."""
    clause = clause_of(text, names)
    if (
        clause is None
        or not clause.subject.startswith("the ")
        or names.in_text(clause.subject)
        or clause.subject in subject.topic
    ):
        return None
    words = clause.subject.removeprefix("the ").split()
    question = f"What is known about {clause.subject}?"
    if (
        not 1 <= len(words) <= 5
        or words[-1] in VAGUE
        or PRONOUN.search(question)
        or re.search(r"\d", question)
    ):
        return None
    return Ask(Aspect.TOPIC, question, words[-1], 0.3)


def _part(own: str, held: tuple[Name, ...], subject: Subject) -> Ask | None:
    """Who leads the sentence, where it says who that is; the story's subject needs no such question."""
    for name in held:
        others = name.short != subject.name and name.text not in subject.called and name.short not in FAMOUS
        if name.person and others and IS_SOMEBODY.match(masked(own, name)):
            return Ask(Aspect.WHO, f"Who is {name.text}?", f"who is {name.text}", 0.3)
    return None


def _called(name: Name, text: str) -> str:
    body = len(name.text.split()) >= 3 and not name.person and f"he {name.text}" in text
    return f"the {name.text}" if body else name.called


def _ahead(text: str, subject: Subject) -> Ask | None:
    own = unquoted(text)
    if not _story(subject) or subject.name not in text or not TO_COME.search(own) or NEGATED.search(own):
        return None
    if PAST.search(own):
        return None
    return Ask(Aspect.NEXT, f"What comes next for {subject.topic}?", "next", 0.5)


def _story(subject: Subject) -> str:
    """How a question calls the story; empty when its subject has no name short enough."""
    if not subject.name or len(subject.topic.split()) > 5:
        return ""
    return matter_of(subject)
