"""Finds who speaks in a sentence, by name or as a crowd, and words the question that their words answer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from briefings.write.alternatives import by_letter
from briefings.write.furniture import NO_COMMENT
from briefings.write.lexicon import PRESS
from briefings.write.names import SAYING, TITLES, Name

HERE = "\ue000"  # stands for the name that is looked for, so that one pattern serves all names
CROWDS = (
    r"(?:critics|opponents|supporters|advocates|activists|civil liberties groups|civil rights groups|"
    r"privacy advocates|consumer advocates|experts|analysts|researchers|scientists|lawmakers|senators|"
    r"Democrats|"
    r"Republicans|conservatives|prosecutors|regulators|investigators|police|authorities|employees|users|"
    r"company officials|intelligence officials|U\.S\. officials|privacy groups|consumer groups|developers)"
)
CROWD_SAYS = re.compile(
    r"(?:^|[,”\"] |\b(?:said|say|but|and|some|many|other|most|Some|Many|Other|Most) )"
    rf"(?:(?<=[Mm]any )(?:[a-z]+ ){{1,2}}|(?<=[Ss]ome )(?:[a-z]+ ){{1,2}})?"
    rf"(?P<who>{CROWDS}) (?:have |had |also )?(?:say|{SAYING})\b",
    re.IGNORECASE,
)
SAID_CROWD = re.compile(rf"\b(?:said|according to) (?P<who>{CROWDS})\b")
NO_ROLE = (
    r"(?!(?:at|in|on|during|that|to|after|as|of|when|his|her|it|he|she|they|and|while|if|there|what|its|"
    r"their|no|not|"
    r"was|were|is|had|has|would|will|we|you) )"
)
SPEAKS = by_letter(
    rf"(?<![\w’'-])(?<!what )(?<!how )(?<!that )(?<!of ){HERE}"
    r"(?: of [A-Z]\w+)?(?:,[^,“”]{3,110},| (?:--|–|—) [^“”]{3,220}? (?:--|–|—))? "
    r"(?:spokes\w+ |officials? |executives? )?"
    r"(?:[A-Z]\w+ [A-Z]\w+ )?"
    rf"(?:also |has |had |have )?{SAYING}\b"
)
SAID_BY = (
    r"(?:[”\",] (?:said|says|wrote|writes|added|asked|tweeted|declared|argued|warned)|"
    r"\b[Aa]ccording to) (?:the )?"
)
WROTE_A_THING = re.compile(
    r"\b(?:wrote|suggested|called|declared) (?:the|an?|its|his|her|that|for) "
    r"|\bannounced (?!that\b|it\b|“|\")"
)
GOES_ON = r"(?:must|will|would|can|could|may|might|should|has|had|is|was|did)\b"  # "said Biden must": he was spoken of
PERSON_SPOKE = by_letter(
    rf"{SAID_BY}(?:{TITLES}\.? |{NO_ROLE}[\w’'.-]+ ){{0,6}}{HERE}(?! [A-Z])(?![\w’'-])"
    rf"(?! {GOES_ON})"
)
# "According to the DeepSeek paper": the paper speaks.
OTHER_SPOKE = by_letter(
    rf"{SAID_BY}{HERE}(?! [A-Z]| (?:paper|report|study|survey|filing|papers|documents|data|estimates|"
    rf"figures)\b)(?![\w’'-])"
    rf"(?! {GOES_ON})"
)
VIEW = re.compile(
    r"\b(?:believes?|argue[sd]?|thinks?|thought|warn(?:s|ed)|fear(?:s|ed)|insist(?:s|ed)|applauded|praised|welcomed|"
    r"criticized|slammed|condemned|hopes|hoped|called for|opposes|opposed|supports|supported|rejected|dismissed|"
    r"(?:expressed|voiced|raised) (?:\w+ )?(?:concerns?|fears?|doubts?|regret|support))\b"
)
REACTS = re.compile(rf"^(?:\S+ ){{0,6}}{HERE}(?:,[^,]{{3,80}},)? (?:has |have |had |also )?{VIEW.pattern}")
SPEECH = re.compile(rf"\b{SAYING}\b")


def masked(text: str, name: Name) -> str:
    """The text with every mention of the name replaced by one sign."""
    return text.replace(name.text, HERE).replace(name.short, HERE)


def speaker_of(own: str, held: Sequence[Name]) -> Name | None:
    """Who speaks in the sentence, when it says so by name; the first of several, a person before a body.

    `own` is the sentence without its quotations. Who only declines to speak does not.
    """
    if NO_COMMENT.search(own):
        return None
    for name in sorted(held, key=lambda each: (not each.person, own.find(each.short))):
        if name.text in PRESS or name.place or any(char.isdigit() for char in name.text):
            continue  # outlets pass on, and a version of something says nothing
        text = masked(own, name)
        if (spoke := SPEAKS.search(text)) and not WROTE_A_THING.match(
            text, spoke.end() - len(spoke.group().split()[-1])
        ):
            return name
        # "..., lawmakers said, according to the company": the company only passes it on.
        passes_on = "ccording to" in own and SPEECH.search(own)
        if not passes_on and (PERSON_SPOKE if name.person else OTHER_SPOKE).search(text):
            return name
    return None


def voice_of(own: str, held: Sequence[Name]) -> Name | None:
    """Who speaks in the sentence, or else takes a stand in it."""
    if who := speaker_of(own, held):
        return who
    stands = (name for name in held if name.text not in PRESS and not name.place)
    return next((name for name in stands if REACTS.match(masked(own, name))), None)


def crowds_in(own: str) -> Iterator[str]:
    """The crowd that speaks in the sentence, as a question would name it: "experts", "Democrats"."""
    if group := CROWD_SAYS.search(own) or SAID_CROWD.search(own):
        crowd = group.group("who")
        proper = crowd.lower().startswith(("democ", "repub", "u.s"))
        yield crowd[0].upper() + crowd[1:] if proper else crowd.lower()
