"""Which of a reader's questions a sentence answers, read off its wording."""

from __future__ import annotations

import re
from enum import StrEnum

from briefings.write.furniture import unquoted


class Aspect(StrEnum):
    """In the order in which a brief tells them."""

    EVENT = "event"
    WHO = "who"
    WHAT = "what"
    MONEY = "money"
    COUNT = "count"
    WORKS = "works"
    COMPARED = "compared"
    WHY = "why"
    BEFORE = "before"
    ROLE = "role"
    LAW = "law"
    SAID = "said"
    CRITICS = "critics"
    STAKE = "stake"
    CATCH = "catch"
    NEXT = "next"


ORDER = {aspect: place for place, aspect in enumerate(Aspect)}

SIGNS: dict[Aspect, re.Pattern[str]] = {
    Aspect.MONEY: re.compile(r"(?:[$€£]\s?\d|\b\d[\d.,]* (?:million|billion|trillion)? ?(?:dollars|euros|pounds))"),
    Aspect.COUNT: re.compile(
        r"\b(?:\d[\d.,]*|hundreds of|thousands of|millions of|dozens of|tens of)(?:[ -](?:million|billion|thousand))? (?:[a-z-]+ ){0,2}"
        r"(?P<noun>users|people|accounts|customers|Americans|jobs|posts|videos|tweets|members|voters|employees|workers|companies|countries|"
        r"parameters|tokens|records|students|developers|pages|ads|stores|cases|attacks|emails|patients|data centers|languages)\b|\b\d[\d.]*\s?(?:percent|%|per cent)"
    ),
    Aspect.COMPARED: re.compile(
        r"\b(?:compared (?:with|to)|(?:more|less|fewer|larger|bigger|smaller|faster|slower|higher|lower|better|worse|cheaper|stronger) than|outperform\w*|"
        r"up from|down from|(?:largest|biggest|highest|lowest|fastest|worst|best) [\w-]+ (?:\w+ )?(?:ever|since|in|to date|of its kind)|twice as|for the first time|unlike)\b"
    ),
    Aspect.WHY: re.compile(
        r"\b(?:because(?! of course)|due to|in response to|in order to|prompted by|in an effort to|so that|the reason|sparked by|driven by|stems? from|"
        r"motivated by|citing|on the grounds|for violating|violated|violates|came after|comes after|comes as|came as|aimed at|designed to|intended to|in a bid to)\b"
    ),
    Aspect.BEFORE: re.compile(
        r"\b(?:in (?:January|February|March|April|May|June|July|August|September|October|November|December)? ?(?:19|20)\d\d|last (?:year|month|fall|spring|summer|winter)|"
        r"earlier this (?:year|month|week)|previously|years ago|months ago|weeks ago|has long|have long|in recent (?:years|months|weeks)|since (?:19|20)\d\d|"
        r"had (?:been|already|previously|\w+ed)|for (?:years|months|decades))\b"
    ),
    Aspect.LAW: re.compile(
        r"\b(?:lawsuit|sued|suing|court|judge|ruled|ruling|indict\w+|prosecutors?|charged with|charges|attorneys? general|regulators?|antitrust|"
        r"investigat\w+|probe|subpoena\w*|First Amendment|Section 230|Supreme Court|legislation|the law)\b"
    ),
    Aspect.STAKE: re.compile(
        r"\b(?:means? (?:that|for)|would mean|affect(?:s|ed)?|impact|implications?|consequences?|could (?:lead|make|help|hurt|change|allow|cost|be|have|give|force|open)|"
        r"would (?:allow|require|force|give|let|make|help|end|prevent)|threat(?:s|en\w*)?|at risk|major shift|signal\w*|undermin\w+|significan\w+|important)\b"
    ),
    Aspect.CATCH: re.compile(
        r"\b(?:but|however|although|though|despite|unclear|uncertain|not clear|no evidence|did not (?:respond|immediately|say|disclose|provide)|declined to|limit(?:s|ed|ation\w*)?|"
        r"risk(?:s|y)?|concern(?:s|ed)?|critics?|criticized|denied|denies|disputed?|warn(?:s|ed|ing)|fail(?:s|ed|ure)?|fears?|doubt\w*|skeptic\w*|not yet|has yet to|have yet to|"
        r"without (?:evidence|saying|providing)|only|cannot|can't|not enough|lacks?|problem|falls? short|unproven|incomplete|caution\w*|loophole|remains to be)\b",
        re.IGNORECASE,
    ),
    Aspect.NEXT: re.compile(
        r"\b(?:(?:will|would) (?:be|begin|start|have|take|make|also|meet|vote|testify|continue|roll|launch|become|go|hold|hear|expand|appear|need|now|decide|consider|open|come)|"
        r"plans? to|planning to|expect(?:s|ed)? to|scheduled (?:to|for)|(?:is|are) set to|next (?:week|month|year|step)|by the end of|later this (?:year|month|week)|"
        r"upcoming|vowed|pledged|promised to|intends? to|in the coming|deadline|going forward|looking ahead|on (?:Monday|Tuesday|Wednesday|Thursday|Friday) will)\b"
    ),
}  # fmt: skip


def shows(aspect: Aspect, text: str) -> bool:
    """Whether the wording of `text`, quotations left out, shows this aspect."""
    return SIGNS[aspect].search(unquoted(text)) is not None


def has_figure(text: str) -> bool:
    """Whether the text carries a figure that proves something: money, a share or a count, not a bare year."""
    return bool(SIGNS[Aspect.MONEY].search(text) or SIGNS[Aspect.COUNT].search(text))


STRONG_DOUBT = re.compile(
    r"\b(?:critics?|criticiz\w+|unclear|not clear|no evidence|declined to|did not (?:respond|immediately|disclose|say)|remains to be|risk(?:s|y)?|"
    r"concern(?:s|ed)?|warn(?:s|ed|ing)|denied|denies|disput\w+|skeptic\w*|not yet|has yet to|have yet to|lacks?|loophole|limit(?:s|ed|ation\w*)|"
    r"falls? short|fail(?:s|ed|ure)|drawback|downside|caveat|falsely|misleading|however|although|despite)\b",
    re.IGNORECASE,
)


def doubt(text: str, turns: bool) -> float:
    """How much a sentence names a limit, a risk or an opposing voice. `turns`: it began with "but" or "however"."""
    own = unquoted(text)
    strong = len({match.group().lower() for match in STRONG_DOUBT.finditer(own)})
    return 0.35 * min(2, strong) + 0.1 * bool(SIGNS[Aspect.CATCH].search(own)) + 0.25 * turns
