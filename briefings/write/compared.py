"""Words the question that a comparison answers: with whom or what, and by which measure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from briefings.write.ask import Ask
from briefings.write.aspects import Aspect
from briefings.write.clauses import Clause
from briefings.write.names import Names

ABOUT = (
    r"(?:(?:about|around|almost|nearly|roughly|close to|more than|less than|at least|up to|just over|"
    r"just under|"
    r"only|another|an? (?:estimated|additional)) )*"
)
UNIT = r"(?: (?:million|billion|trillion))?"
AMOUNT = rf"{ABOUT}[$€£]?\d[\d.,]*{UNIT}"
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


def compared(text: str, clause: Clause | None, names: Names) -> Iterator[Ask]:
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
