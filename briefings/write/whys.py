"""Words the questions why, how and what if from a sentence's main clause or its condition."""

from __future__ import annotations

import re
from collections.abc import Iterator

from briefings.write.ask import Ask, about_clause
from briefings.write.aspects import Aspect
from briefings.write.clauses import Clause
from briefings.write.names import Names
from briefings.write.verbs import participle

OBJECT = re.compile(
    r"(?:the|an?|its|their|his|her|all|some|no|two|three|four|five|six|seven|ten|more|several|many|"
    r"another|both|"
    r"about|new|only)\b(?! admission)|[A-Z$€£\d]|(?!days|weeks|months|years|hours|less|as\b|plus\b)[a-z-]+s\b|"
    r"(?![a-z]+ly |(?:by|with|from|at|in|on|to|for|than|as|up|down|out|off|over|into|back) )[a-z-]+ [a-z]{3,}s\b|"
    r"(?![a-z]+est )[a-z]+ (?:[a-z]+ )?(?:of|for|to|on)\b"
)
REASON = re.compile(
    r"(?P<what>[^,;:“”\"]{0,70}?),? (?:because (?!of course)|in response to |(?:for|over) (?:allegedly |repeatedly )?"
    r"(?:violating|breaking|breaching|failing|refusing|misleading|promoting|spreading|using|posting|sharing|publishing)\b)"
)
STATED = re.compile(r"(?P<what>(?:the|an?|its|their|[A-Z])[^,;:“”\"]{2,50}), (?P<how>saying|citing|arguing) ")
MEANS = re.compile(r"(?P<what>[^,;:“”\"]{3,60}?) by (?!being\b)[a-z]{3,}ing\b")
SAYING_SO = re.compile(
    r"(?P<what>(?:the|an?|its|their|[A-Z])[^,;:“”\"]{2,50}), (?:saying|arguing|telling|claiming)\b"
)
ANSWERS = frozenset(["address", "answer", "defend", "dismiss", "reject", "explain", "justify", "counter"])
# "If the court agrees, ...": what then?
IF = re.compile(r"If (?P<what>(?:the|[A-Z][\w’'-]*|[a-z]{3,}s) [^,;:“”\"]{8,70}), ")
MOST_OF_A_DEED = 7  # words of what was done that a "Why did ...?" repeats


def why(clause: Clause, names: Names) -> Iterator[Ask]:
    if stated := STATED.match(clause.rest):
        what = f"{clause.verb} {stated['what']}"
        if clause.negated and clause.aux in ("did", "does", "do"):
            yield about_clause(Aspect.WHY, f"Why did {clause.subject} not {what}", clause, 1.4)
        elif not clause.aux and not clause.negated and clause.form == "past" and stated["how"] == "citing":
            yield about_clause(Aspect.WHY, f"Why did {clause.subject} {what}", clause, 1.4)
    found = REASON.match(f" {clause.rest}")
    if (
        not found
        or len(found["what"].split()) > MOST_OF_A_DEED
        or clause.negated
        or clause.verb in ("say", "tell", "argue", "think", "claim", "have")
    ):
        return
    what = f" {found['what'].strip()}".rstrip()
    if clause.aux in ("is", "are", "was", "were"):
        yield about_clause(
            Aspect.WHY, f"Why {clause.aux} {clause.subject} {participle(clause.verb)}{what}", clause, 1.9
        )
    elif clause.aux not in ("has", "have", "had"):
        yield about_clause(
            Aspect.WHY, f"Why {clause.helper} {clause.subject} {clause.verb}{what}", clause, 1.9
        )


def in_what_way(clause: Clause, names: Names) -> Iterator[Ask]:
    """By what means somebody did something, or with what words they answered."""
    if clause.negated or clause.form == "doing" or clause.aux not in ("", "can", "will"):
        return
    if clause.verb in ("respond", "react") and names.in_text(clause.subject):
        yield about_clause(Aspect.SAID, f"How {clause.helper} {clause.subject} {clause.verb}", clause, 1.0)
    elif found := (OBJECT.match(clause.rest) and MEANS.match(clause.rest)) or (
        clause.verb in ANSWERS and SAYING_SO.match(clause.rest)
    ):
        what = f"{clause.verb} {found['what']}"
        if len(what.split()) <= MOST_OF_A_DEED:
            yield about_clause(Aspect.WORKS, f"How {clause.helper} {clause.subject} {what}", clause, 1.3)


def if_clause(text: str) -> Iterator[Ask]:
    """What follows from a condition: "What happens if the court agrees?"."""
    if (found := IF.match(text)) and not re.search(r"\b(?:were|had|was)\b", found["what"]):
        yield Ask(Aspect.MEANS, f"What happens if {found['what']}?", found["what"], 1.0)
