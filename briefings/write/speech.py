# ruff: noqa: E501 - a table of patterns, one line of them after the other
"""Words the question that somebody's words answer: what they deny, fear or want, and not merely that they spoke."""

from __future__ import annotations

import re
from dataclasses import dataclass

from briefings.write.furniture import QUOTED, unquoted


@dataclass(frozen=True, slots=True)
class Act:
    """What one does with words. `asked` follows "What does X"; `verb` shows it where one speaks, `content` in the words.

    `judges`: it weighs the story, where the others add to it.
    """

    asked: str
    verb: re.Pattern[str]
    content: re.Pattern[str]
    judges: bool = False

    @property
    def stays(self) -> bool:
        """Whether who does this in one sentence does so in the one before: a stance, unlike a plan or a wish."""
        return self.asked in ("fear", "object to")

    def question(self, who: str, plural: bool) -> str:
        helper = ("are" if plural else "is") if self.asked == UNSURE else "do" if plural else "does"
        return f"What {helper} {who} {self.asked}?"


def _act(asked: str, verb: str, content: str, judges: bool = False) -> Act:
    return Act(asked, re.compile(rf"\b(?:{verb})\b"), re.compile(rf"\b(?:{content})", re.IGNORECASE), judges)


UNSURE = "unsure of"
SPEAKER = "Qq"  # stands for the speaker
NEVER = r"(?!x)x"  # shown by no verb, or by no word of the content
TOLD = r"(?:also )?(?:said|says|announced|added) (?:\w+day )?(?:that )?"
ITSELF = r"(?:it|they|the (?:company|website|group|agency|firm))"
# The first that fits: what is plainly said to be done with the words, then what they hold.
ACTS = (
    _act("deny", r"den(?:y|ies|ied)|disput(?:es?|ed)|reject(?:s|ed) (?:claims|the (?:claim|idea|report))",
         r"(?:is|are|was|were) not true\b|untrue|groundless|baseless|unfounded|absurd|no truth|did not capitulate|"
         r"do(?:es)? not have access|never (?:did|sold|gave|shared|said|agreed|authori[sz]ed)|nothing to do with"),
    _act("admit", r"admit(?:s|ted)|acknowledg(?:es|ed)|conced(?:es|ed)|apologi[sz](?:es|ed)|regret(?:s|ted)",
         r"(?:a|my|our|was|made) mistakes?\b|(?:I|we) (?:sincerely )?(?:apologi[sz]e|regret)|(?:am|are) sorry|"
         r"(?:expressed|his|her|their) regret|was (?:too )?slow to|glib|should have (?:done|known|acted)"),
    _act(UNSURE, NEVER,
         r"(?:don[’']t|do(?:es)? not|didn[’']t|did not|cannot|can[’']t) (?:yet )?(?:know|say)\b|no idea|tough to know|"
         r"hard to (?:know|say|tell)|too early to|to determine whether|remains? unclear|no evidence|no indication"),
    _act("warn of", r"warn(?:s|ed)?|caution(?:s|ed)", NEVER, judges=True),
    _act("fear", r"fear(?:s|ed)|worr(?:ies|ied)",
         r"(?:my|our|his|her|their) (?:\w+ )?(?:fear|worry|concern)\b|(?:am|is|are|was|were) (?:\w+ )?(?:worried|afraid|concerned)\b|"
         r"(?:expressed|voiced|raised) concerns?\b|bad precedent|on the verge of|scary|"
         r"(?:is|are|pose|poses|a|grave|serious) (?:\w+ )?(?:danger|threat) to", judges=True),
    _act("call for", r"call(?:s|ed) (?:for|on)|urg(?:es|ed)|demand(?:s|ed)",
         r"(?:must|should|ought to|needs? to) (?!be considered|have\b|be (?:able|noted|clear)|know\b)(?:\w+ )?[a-z]+|"
         r"(?:it[’']s|it is) time (?:for|to)|need for (?:urgent |more |new )?\w+|wants? to see|deserves? (?:answers|to know|an?)", judges=True),
    _act("object to", r"object(?:s|ed)|oppos(?:es|ed)|protest(?:s|ed)|criti[cz]i[sz](?:es|ed)|condemn(?:s|ed)|slam(?:s|med)|blast(?:s|ed)",
         r"inadequate|disappoint\w+|outrag\w+|slap on the wrist|reprehensible|unacceptable|inappropriate|shame\w*|disgrac\w+|"
         r"stunned|overreach|overreaction|silenc\w+|smoke ?screen|biased?\b|vile\b|negligent|careless|hollow\b|hypocri\w+|"
         r"fail(?:ed|s) to|not enough\b|unfair\w*|discriminat\w+|censor\w*|terrible|irresponsib\w+|embarrass\w+|horrific|"
         r"wrong (?:path|direction|decision|move|way)|(?:is|are|was|were) wrong\b|too (?:far|weak|little|late)\b|double standards?|"
         r"power grab|abandon\b|a joke\b", judges=True),
    _act("welcome", r"welcom(?:es|ed)|prais(?:es|ed)|applaud(?:s|ed)|hail(?:s|ed)",
         r"proud\b|countless lives|inspiration|(?:wise|right|good|great|brave) (?:decision|move|step|choice|thing)|excellent|"
         r"important (?:step|project|moment|win)|role model|congratulat\w+|victory|a win for|historic (?:step|day)|"
         r"(?:strong|clear) message to", judges=True),
    _act("support", r"support(?:s|ed)|back(?:s|ed)|defend(?:s|ed)|endors(?:es|ed)",
         r"(?:we|I) (?:strongly |fully |also )?(?:support|back|stand (?:with|behind|ready))\b|stands? (?:with|behind)\b|in favou?r of", judges=True),
    _act("plan", r"plan(?:s|ned) to|pledg(?:es|ed)|promis(?:es|ed)|vow(?:s|ed)|intend(?:s|ed)",
         rf"(?:we|I)(?:[’']ll| will| are going to| plan to| intend to|[’']re going to)\b|{SPEAKER} {TOLD}(?:{ITSELF} would|"
         rf"(?:{ITSELF}|he|she) (?:will|plans|intends|is \w+ing|was still \w+ing|is open|was open))\b"),
    _act("expect", r"expect(?:s|ed)|predict(?:s|ed)|forecasts?|hop(?:es|ed)",
         rf"{SPEAKER} {TOLD}[^“”\"]{{0,60}} would (?:reach|be|become|help|hurt|lead|cost|take|create)\b|"
         r"will (?:\w+ )?(?:be|become|have|save|make|take|help|lead|cost|impact|change|continue|need|get|see|grow|reach|only|never|only)\b|"
         r"(?:might|could) (?:\w+ )?(?:explore|force|lead|face|mean|become|lose|end|help|hurt|break|change)\b|"
         r"(?:is|are|it[’']s) going to be|(?:is|are) (?:un)?likely to", judges=True),
)  # fmt: skip
ARGUES = _act("argue", r"argu(?:es|ed)|contend(?:s|ed)|maintain(?:s|ed)|insist(?:s|ed)", NEVER, judges=True)
APPOSED = re.compile(r"^,[^,“”]{3,80},")  # "X, president of the group, ..."
REASON = re.compile(r"\b(?:because(?! of course)|based on|the reason|due to)\b|, so (?:it|we|they)\b")


def act_of(text: str, speaker: str) -> Act | None:
    """What the words of `speaker` in this sentence do; None where they only tell.

    Where the speaker's own verb says it, that decides; else the words themselves, and last that they argue.
    """
    own = unquoted(text)
    where = own.find(speaker)
    after = own[where + len(speaker) :] if where >= 0 else own
    does = re.split(r"[,.;]| that | and ", APPOSED.sub("", after))[0]
    for act in ACTS:
        if act.verb.search(does):
            return act
    marked = text.replace(speaker, SPEAKER)
    found = [(hit.start(), place) for place, act in enumerate(ACTS) if (hit := act.content.search(marked))]
    if found:
        return ACTS[min(found)[1]]
    return ARGUES if ARGUES.verb.search(does) else None


def gives_reason(text: str) -> bool:
    """Whether the words give a reason for what was done."""
    return REASON.search(text) is not None or any(REASON.search(each) for each in QUOTED.findall(text))
