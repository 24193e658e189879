"""Short questions a reader might ask next: about what the story names but the brief leaves unanswered."""

from __future__ import annotations

from briefings.write.draft import Draft
from briefings.write.questions import FAMOUS
from briefings.write.subject import Subject

MOST = 4


def follow_ups(draft: Draft, subject: Subject, asked: list[str], has_catch: bool) -> tuple[str, ...]:
    """Two to four questions in order of interest, none of them a heading of the brief; empty without a subject."""
    if not subject.name or not draft.pool.candidates:
        return ()
    heads = " ".join(asked)
    found = []
    if "next" not in heads:
        found.append(f"What comes next for {subject.called}?")
    for name in draft.pool.names.found[:10]:
        if (
            name.person
            and name.count >= 3
            and name.short not in heads
            and name.short not in FAMOUS
            and name.short != subject.name
            and len(found) < 2
        ):
            found.append(f"Who is {name.text}?")
    if "Why did" not in heads and subject.deed and subject.deed.thing and subject.deed.helper == "did":
        found.append(f"Why did {subject.deed.actor} {subject.deed.verb} {subject.deed.thing}?")
    if " say about" not in heads:
        found.append(f"What do critics say about {subject.topic}?")
    if "background" not in heads and "led up" not in heads:
        found.append(
            f"What led up to {subject.topic}?"
            if subject.topic != subject.called
            else f"What is the background on {subject.called}?"
        )
    if not has_catch:
        found.append(f"What are the limits or risks for {subject.called}?")
    return tuple(dict.fromkeys(found))[:MOST]
