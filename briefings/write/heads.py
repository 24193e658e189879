"""Words a section's heading from the main clause of the sentence that opens it: the clause is its answer."""

from __future__ import annotations

import re
from collections.abc import Iterator

from briefings.write.ask import Ask, about_clause
from briefings.write.aspects import Aspect
from briefings.write.clauses import SETTING, Clause, clause_of, head, plural_of, subject_in
from briefings.write.compared import ABOUT, AMOUNT, UNIT, compared
from briefings.write.lexicon import ASKABLE, HAPPENINGS, KEPT_BACK, MOVES, REACTIONS, STATES, STILL, WROTE
from briefings.write.names import Names
from briefings.write.verbs import doing, forms, participle
from briefings.write.whys import OBJECT, if_clause, in_what_way, why

LONGEST = 92
MONEY = re.compile(rf"{ABOUT}[$€£]\d[\d.,]*{UNIT}(?! ?(?:percent|%))")
TAIL = re.compile(
    r"(?: (?:a year|a month|a day|dollars|in [a-z]+ time))*(?P<tail> (?:to|for|in|on) [^,;:]{3,40})?(?:[,;]|$)"
)
SHARE = re.compile(rf"(?:by )?(?:as much as |to )?{AMOUNT} ?(?:percent|%|per cent)")
DAY = re.compile(
    r"(?P<what>[^,;:“”\"]{0,60}?) (?:only )?(?:on|from|in|by|until|before) (?:the (?:first|second) half of )?"
    r"(?:\d{1,2} )?(?:January|February|March|April|May|June|July|August|September|October|November|December|"
    r"Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|early|late|mid|20\d\d)\b"
)
THAT = re.compile(r"(?:(?:in|on|last|earlier) [\w ]{3,20} )?that ")
SAID_THAT = frozenset(
    [
        "claim",
        "announce",
        "argue",
        "admit",
        "deny",
        "decide",
        "conclude",
        "find",
        "estimate",
        "propose",
        "outline",
    ]
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
SILENT = re.compile(
    r"to (?:comment|say|answer|discuss|respond|elaborate|be (?:named|identified|interviewed|specific))\b"
)
PASSIVE = re.compile(
    r"(?P<verb>accused of|charged with(?! the\b)|suspected of|based on|linked to|tied to|aimed at|known for|made "
    r"of|used for|blamed for|entitled to|eligible for|subject to|exempt from|limited to|aware of|known as)"
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
    r"countries|cities|governments|schools|banks|labs|hospitals|models|officials|authorities|women|men|children|citizens)$"
)
THERE_ARE = re.compile(
    rf"There (?P<be>are|were) (?:now |currently )?{AMOUNT} (?:current )?"
    r"(?P<what>(?:[A-Za-z-]+ ){0,3}[a-z]{3,}s)(?=[, ]|\.$)"
)
THOSE = re.compile(r"s (?:that|who) ")  # "cities that rent them": which ones is said
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
        *if_clause(text),
        *(_of_clause(clause, names) if clause else ()),
    ):
        if len(ask.question) <= LONGEST and not PRONOUN.search(THOSE.sub("s ", ask.question)):
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
        why,
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
        in_what_way,
    ):
        yield from found(clause, names)


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
        and clause.verb in KEPT_BACK
        and clause.aux not in ("is", "are", "was", "were", "would")
    ):
        if clause.form == "past" and clause.aux in ("has", "have", "had"):
            question = f"What {clause.aux} {clause.subject} not {participle(clause.verb)}"
        else:
            question = f"What {clause.helper} {clause.subject} not {clause.verb}"
        yield about_clause(Aspect.LIMIT, question, clause, 1.4)
    elif clause.verb in ("exclude", "omit") and not clause.negated:
        yield about_clause(Aspect.LIMIT, f"What {clause.helper} {clause.subject} leave out", clause, 1.6)


def _how_much(clause: Clause, names: Names) -> Iterator[Ask]:
    amount = MONEY.match(clause.rest)
    if not amount or clause.negated or clause.aux in ("is", "are", "was", "were", "has", "have", "had"):
        return
    if clause.verb == "cost":
        yield about_clause(Aspect.MONEY, f"What {clause.helper} {clause.subject} cost", clause, 1.8)
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
        yield about_clause(
            Aspect.MONEY, f"How much {clause.helper} {clause.subject} {clause.verb}{to}", clause, 1.8
        )


def _how_many(clause: Clause, names: Names) -> Iterator[Ask]:
    counted = COUNTED.match(clause.rest)
    if (
        counted
        and not clause.negated
        and clause.verb not in ("state", "say", "report", "claim", "estimate", "note")
        and clause.aux not in ("is", "are", "was", "were", "has", "have", "had")
    ):
        yield about_clause(
            Aspect.COUNT,
            f"How many {counted['noun']} {clause.helper} {clause.subject} {clause.verb}",
            clause,
            1.3,
        )


def _befell(clause: Clause, names: Names) -> Iterator[Ask]:
    """What happened to somebody or something, and what went wrong."""
    if clause.verb == "fail" and not clause.aux and not clause.negated and not clause.rest.startswith("to "):
        yield about_clause(Aspect.EVENT, f"What went wrong with {clause.subject}", clause, 1.2)
    elif clause.aux in ("was", "were") and clause.verb in HAPPENINGS and not clause.negated:
        yield about_clause(Aspect.EVENT, f"What happened to {clause.subject}", clause, 1.0)
    elif not clause.aux and not clause.negated and clause.verb in REACTIONS and names.in_text(clause.subject):
        target = re.match(
            r"(?:the |The )?[A-Za-z’'-]+(?: [A-Za-z’'-]+){0,2}(?=$|,| (?:for|as|because|after|over|and|in|"
            r"on)\b)",
            clause.rest,
        )
        if target and names.in_text(target.group()):
            form = forms(clause.verb)[1 if clause.form == "past" else 0]
            yield about_clause(Aspect.CRITICS, f"Who {form} {target.group()}", clause, 1.2)


def _how_far(clause: Clause, names: Names) -> Iterator[Ask]:
    moves = clause.verb in MOVES and not clause.aux and clause.form == "past"
    if (
        moves
        and re.search(r"\b(?:[Ss]hares|stock|stocks|index)\b", clause.subject)
        and not SHARE.match(clause.rest)
    ):
        yield about_clause(Aspect.MONEY, f"How did {clause.subject} react", clause, 1.0)
    if moves and SHARE.match(clause.rest):
        how = "How much" if clause.verb in ("grow", "gain", "increase") else "How far"
        yield about_clause(Aspect.MONEY, f"{how} did {clause.subject} {clause.verb}", clause, 1.6)


def _who(clause: Clause, names: Names) -> Iterator[Ask]:
    """Who made the thing: asked about the object, where the subject is a name and the object another."""
    owners = names.in_text(clause.subject)
    if not owners or clause.aux or clause.negated or clause.verb not in WROTE:
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
        clause.form != "past"
        and clause.verb in ("apply", "begin", "start", "end", "open", "close", "meet", "vote", "decide")
    ):
        yield about_clause(
            Aspect.NEXT, f"When {clause.helper} {clause.subject} {clause.verb}{what}", clause, 1.3
        )


def _aims(clause: Clause, names: Names) -> Iterator[Ask]:
    """What somebody plans, wants or has agreed to."""
    started = clause.verb in ("begin", "start") and re.match(r"[a-z]{3,}ing\b", clause.rest)
    if clause.negated or not (clause.rest.startswith("to ") or started):
        return
    if clause.aux in ("has", "have") and clause.verb in ("agree", "promise", "plan", "vow"):
        to = " to" if clause.verb == "agree" else ""
        yield about_clause(
            Aspect.DID, f"What {clause.aux} {clause.subject} {participle(clause.verb)}{to}", clause, 1.3
        )
    if clause.aux:
        return
    if clause.verb in ("plan", "intend", "want", "promise", "vow", "hope", "expect", "aim"):
        aim = {"intend": "intend to do", "aim": "aim for", "hope": "hope for"}.get(clause.verb, clause.verb)
        yield about_clause(Aspect.NEXT, f"What {clause.helper} {clause.subject} {aim}", clause, 1.3)
    elif clause.verb in ("begin", "start"):
        day = DAY.match(f" {clause.rest}")
        asked = f"When {clause.helper} {clause.subject} {clause.verb}{day['what'].rstrip()}" if day else ""
        todo = f"What {clause.helper} {clause.subject} {clause.verb} to do"
        yield about_clause(Aspect.DID, asked or todo, clause, 1.0)
    elif clause.verb in ("agree", "decline", "refuse", "threaten", "try") and not SILENT.match(clause.rest):
        tail = " to" if clause.verb == "agree" else " to do"
        yield about_clause(
            Aspect.DID, f"What {clause.helper} {clause.subject} {clause.verb}{tail}", clause, 1.3
        )


def _does(clause: Clause, names: Names) -> Iterator[Ask]:
    """What somebody did, or has done, to what."""
    if clause.negated or clause.aux not in ("", "has", "have", "had") or clause.form == "doing":
        return
    done = participle(clause.verb) if clause.aux else clause.verb
    asked = f"What {clause.aux or clause.helper} {clause.subject} {done}"
    natural = clause.verb in ASKABLE or clause.verb in STATES
    for tails, aspect in ((WITH_PREPOSITION, Aspect.WORKS), (WITH_PARTICLES, Aspect.DID)):
        tail = tails.get(clause.verb)
        if tail and clause.rest.startswith(f"{tail} "):
            yield about_clause(aspect, f"{asked} {tail}", clause, 1.1)
            return
    if clause.verb in SAID_THAT and THAT.match(clause.rest):
        yield about_clause(Aspect.DID, asked, clause, 1.0)
    elif natural and _has_object(clause):
        aspect = Aspect.DID if clause.form == "past" else Aspect.WORKS
        yield about_clause(aspect, asked, clause, 1.1)


def _has_object(clause: Clause) -> bool:
    shows_support = clause.verb == "show" and clause.rest.startswith("support")
    measured = MONEY.match(clause.rest) or SHARE.match(clause.rest)
    return OBJECT.match(clause.rest) is not None and not shows_support and not measured


def _is_doing(clause: Clause, names: Names) -> Iterator[Ask]:
    """What somebody is at: "OpenAI is building a data centre"."""
    somebody = any(name.person for name in names.in_text(" ".join(clause.rest.split()[:3])))
    doing_it = clause.form == "doing" and clause.verb in ASKABLE and not clause.negated
    if doing_it and not somebody and OBJECT.match(clause.rest):
        yield about_clause(
            Aspect.DID, f"What {clause.aux} {clause.subject} {doing(clause.verb)}", clause, 1.1
        )


def _modal(clause: Clause, names: Names) -> Iterator[Ask]:
    if clause.negated or clause.verb in ("be", "have", "become", "mean"):
        return
    acts = clause.verb not in STILL and (names.in_text(clause.subject) or AGENTS.search(head(clause.subject)))
    if clause.aux == "will" and acts:
        yield about_clause(Aspect.NEXT, f"What will {clause.subject} do next", clause, 1.0)
    elif clause.aux in ("must", "can") and (acts or clause.subject.startswith("the ")):
        yield about_clause(Aspect.MEANS, f"What {clause.aux} {clause.subject} do", clause, 1.1)
    natural = clause.verb in ASKABLE or clause.verb in STATES
    if clause.aux in ("would", "could", "may", "will") and natural and OBJECT.match(clause.rest):
        yield about_clause(Aspect.MEANS, f"What {clause.aux} {clause.subject} {clause.verb}", clause, 1.1)
    elif clause.aux == "would" and not names.in_text(clause.subject) and not clause.plural:
        yield about_clause(Aspect.MEANS, f"What would {clause.subject} do", clause, 0.9)
