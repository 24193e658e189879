"""Which of a reader's questions a sentence answers, read off its wording."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache

from briefings.write.alternatives import by_letter
from briefings.write.furniture import unquoted


class Aspect(StrEnum):
    """In the order in which a brief tells them."""

    EVENT = "event"
    WHAT = "what"
    WHO = "who"
    DID = "did"
    FOUND = "found"
    MONEY = "money"
    COUNT = "count"
    WORKS = "works"
    COMPARED = "compared"
    WHY = "why"
    BEFORE = "before"
    ROLE = "role"
    TOPIC = "topic"
    LAW = "law"
    MORE = "more"
    SAID = "said"
    CRITICS = "critics"
    MEANS = "means"
    STAKE = "stake"
    LIMIT = "limit"
    CATCH = "catch"
    NEXT = "next"


ORDER = {aspect: place for place, aspect in enumerate(Aspect)}

SIGNS: dict[Aspect, re.Pattern[str]] = {
    Aspect.MONEY: re.compile(r"(?:[$€£]\s?\d|\b\d[\d.,]* (?:million|billion|trillion)? ?(?:dollars|euros|pounds))"),
    Aspect.COUNT: re.compile(
        r"\b(?:\d[\d.,]*|hundreds of|thousands of|millions of|dozens of|tens of)(?:[ -](?:million|billion|"
        r"thousand))? (?:[a-z-]+ ){0,2}"
        r"(?P<noun>users|people|accounts|customers|Americans|jobs|posts|videos|tweets|members|voters|employees|"
        r"workers|companies|countries|"
        r"parameters|tokens|records|students|developers|pages|ads|stores|cases|attacks|emails|patients|data "
        r"centers|"
        r"languages)\b|\b\d[\d.]*\s?(?:percent|%|per cent)"
    ),
    Aspect.COMPARED: re.compile(
        r"\b(?:compared (?:with|to)|(?:more|less|fewer|larger|bigger|smaller|faster|slower|higher|lower|"
        r"better|worse|"
        r"cheaper|stronger) than (?!\$?\d|\w+ (?:million|billion|dozen)|half|one|two|three|a )|outperform\w*|"
        r"up from|down from|(?:largest|biggest|highest|lowest|fastest|worst|best) [\w-]+ (?:\w+ )?(?:ever|"
        r"since|in|"
        r"to date|of its kind)|twice as|for the first time|unlike)\b"
    ),
    Aspect.WHY: re.compile(
        r"\b(?:because(?! of course)|due to|in response to|in order to|prompted by|in an effort to|so that|"
        r"the reason|sparked by|driven by|stems? from|"
        r"motivated by|citing|on the grounds|for violating|violated|violates|came after|comes after|comes "
        r"as|came as|"
        r"aimed at|designed to|intended to|in a bid to)\b"
    ),
    Aspect.BEFORE: re.compile(
        r"^(?:In|Since|Until|Back in|During|By) (?:early |late |mid-)?(?:(?:January|February|March|April|"
        r"May|June|"
        r"July|August|September|October|November|December),? ?)?(?:of )?(?:(?:19|20)\d\d|last (?:year|month|"
        r"fall|"
        r"spring|summer|winter))\b"
        r"|^(?:Last (?:year|month|fall|spring|summer|winter)|Earlier this (?:year|month|week)|(?:A|Two|"
        r"Three|Four|"
        r"Five|Several|Some|Many) (?:years?|months?|weeks?) (?:ago|earlier)|In recent (?:years|months|weeks)|"
        r"For (?:years|months|decades))\b"
        r"|^[^,“\"]{0,90}\b(?:in (?:19|20)\d\d|last (?:year|month)|earlier this (?:year|month)|previously|"
        r"(?:years|"
        r"months|weeks) ago|has long|have long|in recent (?:years|months)|since (?:19|20)\d\d|had (?:already|"
        r"previously))\b"
    ),
    Aspect.LAW: re.compile(
        r"\b(?:lawsuit|sued|suing|court|judge|ruled|ruling|indict\w+|prosecutors?|charged with|charges|"
        r"attorneys? general|regulators?|antitrust|"
        r"investigat\w+|probe|subpoena\w*|First Amendment|Section 230|Supreme Court|legislation|the law)\b"
    ),
    Aspect.STAKE: re.compile(
        r"\b(?:means? (?:that|for)|would mean|affects|implications?|consequences?|could (?:lead|make|help|hurt|"
        r"change|allow|cost|be|have|give|force|open)|"
        r"would (?:allow|require|force|give|let|make|help|end|prevent)|threat(?:s|en\w*)?|at risk|major shift|"
        r"undermin\w+)\b"
    ),
    Aspect.CATCH: re.compile(
        r"\b(?:but|however|although|though|despite|unclear|uncertain|not clear|no evidence|did not (?:respond|"
        r"immediately|say|disclose|provide)|declined to|limit(?:s|ed|ation\w*)?|"
        r"risk(?:s|y)?|concern(?:s|ed)?|critics?|criticized|denied|denies|disputed?|warn(?:s|ed|ing)|"
        r"fail(?:s|ed|"
        r"ure)?|fears?|doubt\w*|skeptic\w*|not yet|(?:has|have) yet to (?!respond|comment|reply)|"
        r"without (?:evidence|saying|providing)|only|cannot|can't|not enough|lacks?|problem|falls? short|"
        r"unproven|"
        r"incomplete|caution\w*|loophole|remains to be)\b",
        re.IGNORECASE,
    ),
    Aspect.NEXT: re.compile(
        r"\b(?:will (?:not )?(?:be|begin|start|have|take|make|also|meet|vote|testify|continue|roll|launch|"
        r"become|go|"
        r"hold|hear|expand|appear|need|now|decide|consider|open|come)|"
        r"plans? to|planning to|expect(?:s|ed)? to|scheduled (?:to|for)|(?:is|are) set to|by the end of|"
        r"later this (?:year|month|week)|"
        r"upcoming|vowed|pledged|promised to|intends? to|in the coming|deadline|going forward|looking ahead|"
        r"on (?:Monday|Tuesday|Wednesday|Thursday|Friday) will)\b"
    ),
}  # fmt: skip


@lru_cache(maxsize=20_000)
def shows(aspect: Aspect, text: str) -> bool:
    """Whether the wording of `text`, quotations left out, shows this aspect."""
    return SIGNS[aspect].search(unquoted(text)) is not None


# What a story adds up to, or what is still to come.
CONSEQUENCE = re.compile(
    r"\b(?:will|would|could|must|(?<!which )means?|so (?:the|that|it|far|any)|therefore|draws? a line|for the "
    r"first time|in all|"
    r"depends? on|remains?|nearly all|largest|in history|makes? (?:it|them)|shows? (?:that|how)|turns? "
    r"on|from now on|"
    r"in future|no longer|until|plans? to|expects?|is expected|are expected|the question|at stake)\b"
)


def has_figure(text: str) -> bool:
    """Whether the text carries a figure that proves something: money, a share or a count, not a bare year."""
    return bool(SIGNS[Aspect.MONEY].search(text) or SIGNS[Aspect.COUNT].search(text))


PLAIN_DOUBT = by_letter(
    r"\b(?:(?<!Media )(?:[Cc]ritics|[Oo]pponents) "
    r"(?:say|said|argue|warn|fear|call|point out|accuse|contend|question)|[Uu]nclear|not clear|no evidence|did not (?:"
    r"disclose|say|provide)|remains to be|remains unclear|has yet to|have yet to|not yet|"
    r"loopholes?|falls? short|drawbacks?|downsides?|caveats?|denies|denied|disputes|disputed|skeptic\w*|"
    r"[Tt]he catch|a catch|(?:leaves?|left) out|no precedent|"
    r"independently|conflict of interest|"
    r"which also sells|no substitute|(?:has|have) not (?:confirmed|published|disclosed|said|released|"
    r"named|been)|"
    r"did not (?:publish|confirm|name|release)|nobody outside|named no|no date|in doubt|"
    r"doubts (?:that|about|over|whether)|[Dd]oubts [a-z ]*remain|unverified|"
    r"excludes?|is missing|missing from|do not (?:yet )?know|does not (?:yet )?know|still (?:has to|"
    r"have to|must|needs)|must still|"
    r"handles? text only|can neither|unproven|measured and published by|[Nn]either \w+ nor|"
    r"no gain|no admission|"
    r"no guarantee|does not (?:address|cover|include|say)|difficult to|not enough)\b"
)
MILD_DOUBT = by_letter(
    r"\b(?:risks?|risky|concerns?|concerned|warn(?:s|ed)|warning (?:that|of|about)|limits?|limited|limitations?|"
    r"[Hh]owever|"
    r"[Aa]lthough|"
    r"[Dd]espite|[Tt]hough|worr(?:y|ies|ied)|fears?|criticism|criticized|questions?|challeng\w+|"
    r"flaws?|problems?|errors?|cannot|backlash|accus\w+|falsely|misleading)\b"
)


CATCH_ITSELF = by_letter(
    r"\b(?:[Tt]he|a) catch\b|\b[Tt]he (?:main )?(?:drawback|weakness|caveat)\b|"
    r"\b[Tt]he (?:main )?limit (?:of|is|here)\b"
)


@lru_cache(maxsize=2000)
def doubt(text: str, turns: bool) -> float:
    """How much a sentence names a limit, a risk or an opposing voice. `turns`: it began with "but" or "
    ""however"."""
    own = unquoted(text)
    if CATCH_ITSELF.search(own):
        return 1.5
    plain = len({match.group() for match in PLAIN_DOUBT.finditer(own)})
    if not plain:  # mild words and a "though" are found in any story; they only add to a plain doubt
        return 0.0
    mild = len({match.group() for match in MILD_DOUBT.finditer(own)})
    return 0.45 * min(2, plain) + (0.1 * min(2, mild) + 0.15 * turns)
