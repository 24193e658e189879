"""Words a section's heading from the main clause of the sentence that opens it: the clause is its answer."""

from __future__ import annotations

import re
from collections.abc import Iterator

from briefings.write.aspects import Aspect
from briefings.write.clauses import SETTING, Clause, clause_of, plural_of, subject_in
from briefings.write.lexicon import ASKABLE, HAPPENINGS, REACTIONS, STILL
from briefings.write.names import Names
from briefings.write.questions import Ask
from briefings.write.verbs import forms

LONGEST = 92
ABOUT = (
    r"(?:(?:about|around|almost|nearly|roughly|close to|more than|less than|at least|up to|just over|"
    r"just under|"
    r"only|another|an? (?:estimated|additional)) )*"
)
UNIT = r"(?: (?:million|billion|trillion))?"
AMOUNT = rf"{ABOUT}[$€£]?\d[\d.,]*{UNIT}"
MONEY = re.compile(rf"{ABOUT}[$€£]\d[\d.,]*{UNIT}(?! ?(?:percent|%))")
TAIL = re.compile(
    r"(?: (?:a year|a month|a day|dollars|in [a-z]+ time))*(?P<tail> (?:to|for|in|on) [^,;:]{3,40})?(?:[,;]|$)"
)
MOVES = "rise|fall|drop|gain|climb|jump|slip|grow|shrink|sink|slide|surge|increase|soar"
SHARE = re.compile(rf"(?:by )?(?:as much as |to )?{AMOUNT} ?(?:percent|%|per cent)")
OBJECT = re.compile(
    r"(?:the|an?|its|their|his|her|all|some|no|two|three|four|five|six|seven|ten|more|several|many|"
    r"another|both|"
    r"about|new|only)\b|[A-Z$€£\d]|(?!days|weeks|months|years|hours|less|as\b|plus\b)[a-z-]+s\b|[a-z]+ "
    r"(?:[a-z]+ )?(?:of|for|to|on)\b"
)
REASON = re.compile(r"(?P<what>[^,;:“”\"]{0,70}?),? because (?!of course)")
DAY = re.compile(
    r"(?P<what>[^,;:“”\"]{0,60}?) (?:only )?(?:on|from|in|by|until|before) (?:the (?:first|second) half of )?"
    r"(?:\d{1,2} )?(?:January|February|March|April|May|June|July|August|September|October|November|December|"
    r"Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|early|late|mid|20\d\d)\b"
)
RIVAL = (
    r"(?P<other>[A-Z][\w.-]*(?:[’']s [A-Za-z][\w.-]*)?(?: (?:[A-Z][\w.-]*|\d+(?:\.\d)?)(?![\w%]|[.,]\d))*)"
)
AGAINST = re.compile(
    rf"\b(?:compared (?:with|to)|against|versus)(?: {AMOUNT} ?(?:percent|%)? (?:for|on|by|from))? {RIVAL}"
    rf"|\b(?:beats|outperforms?|outperformed|beat) {RIVAL.replace('other', 'beaten')}"
    rf"|\b[a-z]+er than {RIVAL.replace('other', 'less')}"
    rf"|\bpercent for (?P<one>[A-Z][\w.-]*(?: [\w.]+)?) and [\d.]+ percent for {RIVAL.replace('other', 'two')}"
)
FIGURE_AGAINST = re.compile(rf"\d.*\bcompared (?:with|to) {AMOUNT} ?(?:percent|%)? (?:for|on|by) ")
OF_WHOM = re.compile(r"percent for (?P<who>[A-Z][\w.-]*(?: \d[\d.]*)?)\b")
WITH_PREPOSITION = {
    "rely": "on", "depend": "on", "rest": "on", "focus": "on", "consist": "of", "lead": "to", "point": "to",
    "result": "in", "belong": "to", "apply": "to",
}  # fmt: skip
STATES = (
    "require|include|exclude|cover|contain|mean|show|offer|allow|cost|need|want|fear|expect|"
    "support|supply|ban|forbid|own|control|measure|collect|promise|propose|claim|warn|"
    "prohibit|protect|change|add|accept|affect|threaten|discuss|address|dismiss|condemn|blame|"
    "detect|attack|challenge|question|oppose|cite|describe|highlight|leak|share|win|lose|"
    "seek|hire|record|expose|test|replace|prevent|enable|handle|serve|provide|produce|"
    "generate|restrict|target"
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
    r"(?P<verb>accused of|charged with|suspected of|based on|linked to|tied to|aimed at|known for|made "
    r"of|used for|blamed for)"
    r" |(?P<duty>expected|required|allowed|forbidden|designed|obliged|supposed|set|due|told|meant|"
    r"ordered|asked) to (?!be )"
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
PRONOUN = re.compile(
    r"\b(?:it|its|they|their|them|he|his|him|she|her|this|that|these|those|we|our|you|your|such|there|"
    r"here|former|"
    r"latter|same|latest)\b|[“”\"()…;:]|\b(\w+) \1\b",
    re.IGNORECASE,
)


def heads_of(text: str, names: Names) -> Iterator[Ask]:
    """The questions that the main clause of `text` answers, each only when its grammar is sure."""
    clause = clause_of(text, names)
    rival = _compared(text, clause, names)
    for ask in (*rival, *_is_put(text, names), *(_of_clause(clause, names) if clause else ())):
        if len(ask.question) <= LONGEST and not PRONOUN.search(ask.question):
            yield ask


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
            question = f"What {clause.aux} {clause.subject} not {_participle(clause.verb)}"
        else:
            question = f"What {clause.helper} {clause.subject} not {clause.verb}"
        yield _ask(Aspect.LIMIT, question, clause, 1.4)
    elif clause.verb in ("exclude", "omit") and not clause.negated:
        yield _ask(Aspect.LIMIT, f"What {clause.helper} {clause.subject} leave out", clause, 1.6)


def _why(clause: Clause, names: Names) -> Iterator[Ask]:
    found = REASON.match(clause.rest)
    if not found or clause.negated or clause.verb in ("say", "tell", "argue", "think", "claim"):
        return
    what = f" {found['what']}".rstrip()
    if clause.aux in ("is", "are", "was", "were"):
        yield _ask(
            Aspect.WHY, f"Why {clause.aux} {clause.subject} {_participle(clause.verb)}{what}", clause, 1.9
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
            Aspect.DID, f"What {clause.aux} {clause.subject} {_participle(clause.verb)}{to}", clause, 1.3
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
    if clause.negated:
        return
    if clause.aux in ("has", "have") and clause.verb in ASKABLE and OBJECT.match(clause.rest):
        yield _ask(Aspect.DID, f"What {clause.aux} {clause.subject} {_participle(clause.verb)}", clause, 1.1)
    if clause.aux:
        return
    if (preposition := WITH_PREPOSITION.get(clause.verb)) and clause.rest.startswith(f"{preposition} "):
        yield _ask(
            Aspect.WORKS, f"What {clause.helper} {clause.subject} {clause.verb} {preposition}", clause, 1.1
        )
        return
    natural = clause.verb in ASKABLE or re.fullmatch(STATES, clause.verb)
    if (
        natural
        and not (clause.verb == "show" and clause.rest.startswith("support"))
        and OBJECT.match(clause.rest)
        and not MONEY.match(clause.rest)
        and not SHARE.match(clause.rest)
    ):
        aspect = Aspect.DID if clause.form == "past" else Aspect.WORKS
        yield _ask(aspect, f"What {clause.helper} {clause.subject} {clause.verb}", clause, 1.1)


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


def _compared(text: str, clause: Clause | None, names: Names) -> Iterator[Ask]:
    found = AGAINST.search(text)
    if not found:
        if clause and FIGURE_AGAINST.search(text) and names.in_text(clause.subject) and not clause.plural:
            yield Ask(Aspect.COMPARED, f"How does {clause.subject} compare?", "compared", 1.0)
        return
    other = found["other"] or found["beaten"] or found["less"] or found["two"]
    if found["one"]:
        one = found["one"]
    elif scored := OF_WHOM.search(text[: found.start()]):
        one = scored["who"]
    elif clause and any(
        name.short in clause.subject and not name.person for name in names.in_text(clause.subject)
    ):
        one = clause.subject
    else:
        return
    known = names.in_text(other)
    bare = other.split("’s ")[-1].split("'s ")[-1]
    if known and not known[0].person and not known[0].place and bare not in one and one not in other:
        helper = "do" if clause and one == clause.subject and clause.plural else "does"
        yield Ask(Aspect.COMPARED, f"How {helper} {one} compare with {other}?", "compared", 1.6)


def _participle(verb: str) -> str:
    special = {
        "know": "known",
        "give": "given",
        "show": "shown",
        "write": "written",
        "take": "taken",
        "begin": "begun",
    }
    special |= {
        "choose": "chosen",
        "draw": "drawn",
        "drive": "driven",
        "see": "seen",
        "break": "broken",
        "steal": "stolen",
    }
    return special.get(verb, forms(verb)[1])
