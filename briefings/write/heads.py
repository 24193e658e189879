"""Words a section's heading from the main clause of the sentence that opens it: the clause is its answer."""

from __future__ import annotations

import re
from collections.abc import Iterator

from briefings.write.aspects import Aspect
from briefings.write.clauses import SETTING, Clause, clause_of, plural_of, subject_in
from briefings.write.compared import ABOUT, AMOUNT, UNIT, compared
from briefings.write.lexicon import ASKABLE, HAPPENINGS, REACTIONS, STILL
from briefings.write.names import Names
from briefings.write.questions import Ask
from briefings.write.verbs import doing, forms, participle

LONGEST = 92
MOST_OF_A_DEED = 7  # words of what was done that a "Why did ...?" repeats
MONEY = re.compile(rf"{ABOUT}[$€£]\d[\d.,]*{UNIT}(?! ?(?:percent|%))")
TAIL = re.compile(
    r"(?: (?:a year|a month|a day|dollars|in [a-z]+ time))*(?P<tail> (?:to|for|in|on) [^,;:]{3,40})?(?:[,;]|$)"
)
MOVES = "rise|fall|drop|gain|climb|jump|slip|grow|shrink|sink|slide|surge|increase|soar"
SHARE = re.compile(rf"(?:by )?(?:as much as |to )?{AMOUNT} ?(?:percent|%|per cent)")
OBJECT = re.compile(
    r"(?:the|an?|its|their|his|her|all|some|no|two|three|four|five|six|seven|ten|more|several|many|"
    r"another|both|"
    r"about|new|only)\b(?! admission)|[A-Z$€£\d]|(?!days|weeks|months|years|hours|less|as\b|plus\b)[a-z-]+s\b|"
    r"(?![a-z]+est )[a-z]+ (?:[a-z]+ )?(?:of|for|to|on)\b"
)
REASON = re.compile(r"(?P<what>[^,;:“”\"]{0,70}?),? because (?!of course)")
STATED = re.compile(r"(?P<what>(?:the|an?|its|their|[A-Z])[^,;:“”\"]{2,50}), (?P<how>saying|citing|arguing) ")
DAY = re.compile(
    r"(?P<what>[^,;:“”\"]{0,60}?) (?:only )?(?:on|from|in|by|until|before) (?:the (?:first|second) half of )?"
    r"(?:\d{1,2} )?(?:January|February|March|April|May|June|July|August|September|October|November|December|"
    r"Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|early|late|mid|20\d\d)\b"
)
SAID_THAT = frozenset(
    ["claim", "announce", "argue", "admit", "deny", "decide", "conclude", "find", "estimate", "propose"]
)
WITH_PARTICLES = {
    "crack": "down on", "call": "for", "look": "into", "push": "for", "apologize": "for", "apologise": "for",
    "object": "to", "comply": "with", "account": "for", "vote": "on", "work": "on", "invest": "in",
    "apply": "for", "ask": "for", "agree": "on",
}  # fmt: skip
WITH_PREPOSITION = {
    "rely": "on", "depend": "on", "rest": "on", "focus": "on", "consist": "of", "lead": "to", "point": "to",
    "result": "in", "belong": "to", "apply": "to",
}  # fmt: skip
STATES = (
    "require|include|exclude|cover|contain|mean|show|offer|allow|cost|need|want|fear|expect|"
    "support|supply|ban|forbid|own|control|measure|collect|promise|propose|claim|warn|"
    "prohibit|protect|change|add|accept|affect|threaten|discuss|dismiss|condemn|blame|"
    "detect|attack|challenge|question|oppose|cite|describe|highlight|leak|share|win|lose|"
    "seek|hire|record|expose|test|replace|prevent|enable|handle|serve|provide|produce|"
    "generate|restrict|target|limit|specify|govern|outline|lack|avoid|combine|reduce|improve|rank|list|define|reflect|detail"
)
KEPT_BACK = (
    "publish|disclose|say|confirm|include|cover|explain|name|reveal|know|address|release|give|"
    "provide|show|answer"
)
WROTE = (
    "write|build|create|found|lead|sign|own|develop|design|acquire|buy|present|launch|fund|train|"
    "pay|run|supply|file"
)
SILENT = re.compile(
    r"to (?:comment|say|answer|discuss|respond|elaborate|be (?:named|identified|interviewed|specific))\b"
)
PASSIVE = re.compile(
    r"(?P<verb>accused of|charged with(?! the\b)|suspected of|based on|linked to|tied to|aimed at|known for|made "
    r"of|used for|blamed for)"
    r" |(?P<duty>known|alleged|expected|required|allowed|forbidden|designed|obliged|supposed|set|due|told|meant|"
    r"ordered|asked) to (?!be |have )"
)
COUNTED = re.compile(
    rf"{ABOUT}\d[\d.,]*{UNIT} (?:[a-z-]+ ){{0,3}}?"
    r"(?P<noun>(?!percent|(?:second|minute|hour|day|week|month|year)s\b)[a-z]{3,}s|people)"
    rf"(?= (?:of|for|"
    rf"to|in|on|from|with|and|"
    r"at|that|who|which|by|as|but|worldwide)\b|[,;]|$)"
)
# Who can do something, as ideas and rules cannot.
AGENTS = re.compile(
    r"(?:[eo]rs|ists|ians|agents|students|patients|residents|parents|clients|people|companies|firms|teams|states|"
    r"countries|governments|schools|banks|labs|hospitals|models|officials|authorities|women|men|children|citizens)$"
)
THERE_ARE = re.compile(
    rf"There (?P<be>are|were) (?:now |currently )?{AMOUNT} (?:current )?"
    r"(?P<what>(?:[A-Za-z-]+ ){0,3}[a-z]{3,}s)(?=[, ]|\.$)"
)
PRONOUN = re.compile(
    r"\b(?:it|its|they|their|them|he|his|him|she|her|this|that|these|those|we|our|you|your|such|there|"
    r"here|former|"
    r"latter|same|latest)\b|[“”\"()…;:]|\b(\w+) \1\b",
    re.IGNORECASE,
)


def heads_of(text: str, names: Names) -> Iterator[Ask]:
    """The questions that the main clause of `text` answers, each only when its grammar is sure."""
    clause = clause_of(text, names)
    rival = compared(text, clause, names)
    for ask in (
        *rival,
        *_is_put(text, names),
        *_are_there(text),
        *(_of_clause(clause, names) if clause else ()),
    ):
        if len(ask.question) <= LONGEST and not PRONOUN.search(ask.question):
            yield ask


def _are_there(text: str) -> Iterator[Ask]:
    """How many there are: "There are 19,437 agents"."""
    if found := THERE_ARE.match(text):
        yield Ask(
            Aspect.COUNT,
            f"How many {found['what']} {found['be']} there?",
            f"{found['what']} {Aspect.COUNT}",
            1.2,
        )


def _of_clause(clause: Clause, names: Names) -> Iterator[Ask]:
    for found in (
        _held_back,
        _why,
        _how_much,
        _how_many,
        _how_far,
        _who,
        _when,
        _aims,
        _does,
        _is_doing,
        _modal,
        _befell,
    ):
        yield from found(clause, names)


def _ask(aspect: Aspect, question: str, clause: Clause, strength: float) -> Ask:
    return Ask(aspect, f"{question}?", f"{clause.subject} {aspect}", strength)


def _is_put(text: str, names: Names) -> Iterator[Ask]:
    """What somebody is accused of, what something is based on or has to do."""
    own = SETTING.sub("", text, count=1) if SETTING.match(text) else text
    found = re.match(r"(?P<who>.{2,70}?) (?P<be>is|are|was|were) (?:also |now |currently |not )?", own)
    if not found or not (put := PASSIVE.match(own, found.end())):
        return
    if "not " in found.group() or not (subject := subject_in(found["who"], names)):
        return
    if plural_of(subject, names) != (found["be"] in ("are", "were")):
        return
    does = put["verb"] or f"{put['duty']} to do"
    yield Ask(
        Aspect.LAW if put["verb"] else Aspect.WORKS,
        f"What {found['be']} {subject} {does}?",
        f"{subject} put",
        1.4,
    )


def _held_back(clause: Clause, names: Names) -> Iterator[Ask]:
    if (
        clause.negated
        and re.fullmatch(KEPT_BACK, clause.verb)
        and clause.aux not in ("is", "are", "was", "were", "would")
    ):
        if clause.form == "past" and clause.aux in ("has", "have", "had"):
            question = f"What {clause.aux} {clause.subject} not {participle(clause.verb)}"
        else:
            question = f"What {clause.helper} {clause.subject} not {clause.verb}"
        yield _ask(Aspect.LIMIT, question, clause, 1.4)
    elif clause.verb in ("exclude", "omit") and not clause.negated:
        yield _ask(Aspect.LIMIT, f"What {clause.helper} {clause.subject} leave out", clause, 1.6)


def _why(clause: Clause, names: Names) -> Iterator[Ask]:
    if stated := STATED.match(clause.rest):
        what = f"{clause.verb} {stated['what']}"
        if clause.negated and clause.aux in ("did", "does", "do"):
            yield _ask(Aspect.WHY, f"Why did {clause.subject} not {what}", clause, 1.4)
        elif not clause.aux and not clause.negated and clause.form == "past" and stated["how"] == "citing":
            yield _ask(Aspect.WHY, f"Why did {clause.subject} {what}", clause, 1.4)
    found = REASON.match(clause.rest)
    if (
        not found
        or len(found["what"].split()) > MOST_OF_A_DEED
        or clause.negated
        or clause.verb in ("say", "tell", "argue", "think", "claim", "have")
    ):
        return
    what = f" {found['what']}".rstrip()
    if clause.aux in ("is", "are", "was", "were"):
        yield _ask(
            Aspect.WHY, f"Why {clause.aux} {clause.subject} {participle(clause.verb)}{what}", clause, 1.9
        )
    elif clause.aux not in ("has", "have", "had"):
        yield _ask(Aspect.WHY, f"Why {clause.helper} {clause.subject} {clause.verb}{what}", clause, 1.9)


def _how_much(clause: Clause, names: Names) -> Iterator[Ask]:
    amount = MONEY.match(clause.rest)
    if not amount or clause.negated or clause.aux in ("is", "are", "was", "were", "has", "have", "had"):
        return
    if clause.verb == "cost":
        yield _ask(Aspect.MONEY, f"What {clause.helper} {clause.subject} cost", clause, 1.8)
    elif clause.verb in (
        "lose",
        "pay",
        "spend",
        "raise",
        "invest",
        "commit",
        "earn",
        "donate",
        "save",
        "gain",
    ):
        tail = TAIL.match(clause.rest[amount.end() :])
        to = tail["tail"] or "" if tail else ""
        to = "" if re.search(r"\d", to) else to
        yield _ask(Aspect.MONEY, f"How much {clause.helper} {clause.subject} {clause.verb}{to}", clause, 1.8)


def _how_many(clause: Clause, names: Names) -> Iterator[Ask]:
    counted = COUNTED.match(clause.rest)
    if (
        counted
        and not clause.negated
        and clause.verb not in ("state", "say", "report", "claim", "estimate", "note")
        and clause.aux not in ("is", "are", "was", "were", "has", "have", "had")
    ):
        yield _ask(
            Aspect.COUNT,
            f"How many {counted['noun']} {clause.helper} {clause.subject} {clause.verb}",
            clause,
            1.3,
        )


def _befell(clause: Clause, names: Names) -> Iterator[Ask]:
    """What happened to somebody or something, and what went wrong."""
    if clause.verb == "fail" and not clause.aux and not clause.negated and not clause.rest.startswith("to "):
        yield _ask(Aspect.EVENT, f"What went wrong with {clause.subject}", clause, 1.2)
    elif clause.aux in ("was", "were") and clause.verb in HAPPENINGS and not clause.negated:
        yield _ask(Aspect.EVENT, f"What happened to {clause.subject}", clause, 1.0)
    elif not clause.aux and not clause.negated and clause.verb in REACTIONS and names.in_text(clause.subject):
        target = re.match(
            r"(?:the |The )?[A-Za-z’'-]+(?: [A-Za-z’'-]+){0,2}(?=$|,| (?:for|as|because|after|over|and|in|"
            r"on)\b)",
            clause.rest,
        )
        if target and names.in_text(target.group()):
            form = forms(clause.verb)[1 if clause.form == "past" else 0]
            yield _ask(Aspect.CRITICS, f"Who {form} {target.group()}", clause, 1.2)


def _how_far(clause: Clause, names: Names) -> Iterator[Ask]:
    moves = re.fullmatch(MOVES, clause.verb) and not clause.aux and clause.form == "past"
    if moves and SHARE.match(clause.rest):
        how = "How much" if clause.verb in ("grow", "gain", "increase") else "How far"
        yield _ask(Aspect.MONEY, f"{how} did {clause.subject} {clause.verb}", clause, 1.6)


def _who(clause: Clause, names: Names) -> Iterator[Ask]:
    """Who made the thing: asked about the object, where the subject is a name and the object another."""
    owners = names.in_text(clause.subject)
    if not owners or clause.aux or clause.negated or not re.fullmatch(WROTE, clause.verb):
        return
    whole = re.match(
        r"(?:the |The )?[A-Z][^,;:]*?(?=$|,| (?:after|in|with|for|on|to|when|while|as|and|by|from|at)\b)",
        clause.rest,
    )
    thing = whole.group() if whole else ""
    if thing and subject_in(thing[0].upper() + thing[1:], names) and len(thing.split()) <= 5:
        if clause.rest[len(thing) :].startswith((" with a ", " by ")) and clause.form == "past":
            yield Ask(Aspect.WORKS, f"How did {clause.subject} {clause.verb} {thing}?", thing, 1.3)
            return
        form = forms(clause.verb)[1 if clause.form == "past" else 0]
        yield Ask(Aspect.WHO, f"Who {form} {thing}?", thing, 1.3)


def _when(clause: Clause, names: Names) -> Iterator[Ask]:
    found = DAY.match(f" {clause.rest}")
    if not found or clause.negated or clause.aux not in ("will", "may", "can", "must", "would", ""):
        return
    what = found["what"].rstrip()
    if re.search(r"\d", what):
        return
    if clause.aux or (
        clause.form != "past" and clause.verb in ("apply", "begin", "start", "end", "open", "close")
    ):
        yield _ask(Aspect.NEXT, f"When {clause.helper} {clause.subject} {clause.verb}{what}", clause, 1.3)


def _aims(clause: Clause, names: Names) -> Iterator[Ask]:
    """What somebody plans, wants or has agreed to."""
    if clause.negated or not clause.rest.startswith("to "):
        return
    if clause.aux in ("has", "have") and clause.verb in ("agree", "promise", "plan", "vow"):
        to = " to" if clause.verb == "agree" else ""
        yield _ask(
            Aspect.DID, f"What {clause.aux} {clause.subject} {participle(clause.verb)}{to}", clause, 1.3
        )
    if clause.aux:
        return
    if clause.verb in ("plan", "intend", "want", "promise", "vow", "hope", "expect", "aim"):
        aim = {"intend": "intend to do", "aim": "aim for", "hope": "hope for"}.get(clause.verb, clause.verb)
        yield _ask(Aspect.NEXT, f"What {clause.helper} {clause.subject} {aim}", clause, 1.3)
    elif clause.verb in ("agree", "decline", "refuse", "threaten", "try") and not SILENT.match(clause.rest):
        tail = " to" if clause.verb == "agree" else " to do"
        yield _ask(Aspect.DID, f"What {clause.helper} {clause.subject} {clause.verb}{tail}", clause, 1.3)


def _does(clause: Clause, names: Names) -> Iterator[Ask]:
    """What somebody did, or has done, to what."""
    if clause.negated or clause.aux not in ("", "has", "have") or clause.form == "doing":
        return
    if clause.aux:
        asked, natural = (
            f"What {clause.aux} {clause.subject} {participle(clause.verb)}",
            clause.verb in ASKABLE,
        )
    else:
        asked = f"What {clause.helper} {clause.subject} {clause.verb}"
        natural = clause.verb in ASKABLE or re.fullmatch(STATES, clause.verb) is not None
    for tails, aspect in ((WITH_PREPOSITION, Aspect.WORKS), (WITH_PARTICLES, Aspect.DID)):
        tail = tails.get(clause.verb)
        if tail and clause.rest.startswith(f"{tail} "):
            yield _ask(aspect, f"{asked} {tail}", clause, 1.1)
            return
    if clause.verb in SAID_THAT and clause.rest.startswith("that "):
        yield _ask(Aspect.DID, asked, clause, 1.0)
    elif natural and _has_object(clause):
        aspect = Aspect.DID if clause.form == "past" else Aspect.WORKS
        yield _ask(aspect, asked, clause, 1.1)


def _has_object(clause: Clause) -> bool:
    shows_support = clause.verb == "show" and clause.rest.startswith("support")
    measured = MONEY.match(clause.rest) or SHARE.match(clause.rest)
    return OBJECT.match(clause.rest) is not None and not shows_support and not measured


def _is_doing(clause: Clause, names: Names) -> Iterator[Ask]:
    """What somebody is at: "OpenAI is building a data centre"."""
    if clause.form == "doing" and not clause.negated and OBJECT.match(clause.rest) and clause.verb in ASKABLE:
        yield _ask(Aspect.DID, f"What {clause.aux} {clause.subject} {doing(clause.verb)}", clause, 1.1)


def _modal(clause: Clause, names: Names) -> Iterator[Ask]:
    if clause.negated or clause.verb in ("be", "have", "become", "mean"):
        return
    acts = clause.verb not in STILL and (names.in_text(clause.subject) or AGENTS.search(clause.subject))
    if clause.aux == "will" and acts:
        yield _ask(Aspect.NEXT, f"What will {clause.subject} do next", clause, 1.0)
    elif clause.aux in ("must", "can") and (acts or clause.subject.startswith("the ")):
        yield _ask(Aspect.MEANS, f"What {clause.aux} {clause.subject} do", clause, 1.1)
    natural = clause.verb in ASKABLE or re.fullmatch(STATES, clause.verb)
    if clause.aux in ("would", "could", "may", "will") and natural and OBJECT.match(clause.rest):
        yield _ask(Aspect.MEANS, f"What {clause.aux} {clause.subject} {clause.verb}", clause, 1.1)
    elif clause.aux == "would" and not names.in_text(clause.subject) and not clause.plural:
        yield _ask(Aspect.MEANS, f"What would {clause.subject} do", clause, 0.9)
