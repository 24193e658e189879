"""Short questions a reader might ask next: about what the story names but the brief leaves unanswered."""

from __future__ import annotations

from briefings.write.aspects import Aspect, shows
from briefings.write.draft import Draft
from briefings.write.questions import WELL_KNOWN
from briefings.write.subject import Subject

MOST = 4


def follow_ups(draft: Draft, subject: Subject, asked: list[str], has_catch: bool) -> tuple[str, ...]:
    """Two to four questions in order of interest, none of them a heading of the brief; empty without a subject."""
    if not subject.name or not draft.pool.candidates:
        return ()
    heads = " ".join(asked)
    found = []
    for name in draft.pool.names.found[:8]:
        if name.short in heads or name.text in WELL_KNOWN or name.short == subject.name or name.count < 2:
            continue
        found.append(f"Who is {name.text}?" if name.person else f"How is {name.text} involved?")
    general = (
        (Aspect.NEXT, "comes next", f"What comes next for {subject.name}?"),
        (Aspect.WHY, "Why did", f"What were the reasons for {subject.topic}?" if subject.topic != subject.name else ""),
        (Aspect.BEFORE, "led up", f"What happened before with {subject.name}?"),
    )
    for _, mark, question in general:
        if question and mark not in heads:
            found.append(question)
    return tuple(dict.fromkeys(found))[:MOST]
