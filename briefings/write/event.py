"""Tells whether a sentence reports the very deed that the headline announces."""

from __future__ import annotations

import re

from briefings.terms import terms
from briefings.write.clauses import clause_of
from briefings.write.draft import Draft
from briefings.write.pool import Candidate
from briefings.write.speakers import speaker_of
from briefings.write.subject import Subject

SHARED_WITH_HEADLINE = 2
OF_ITSELF = re.compile(
    r" (?:said|says|announced|confirmed)(?: (?:on )?\w+day)?(?: that)? (?:it|he|she|they) "
)
ASIDE = re.compile(r" (?:Inc|Corp|Ltd|LLC)\b\.?| \([^)]*\)")
SAME_DEED = (
    {
        "launch",
        "release",
        "unveil",
        "introduce",
        "announce",
        "debut",
        "publish",
        "present",
        "open",
        "ship",
        "reveal",
    },
    {"remove", "delete", "pull", "ban", "suspend", "block", "take", "hide"},
    {"sue", "accuse", "charge", "claim", "slam", "criticize"},
    {"buy", "acquire"},
    {"agree", "settle", "pay"},
)


def tells_deed(draft: Draft, candidate: Candidate, subject: Subject) -> bool:
    """Whether the sentence is about what the headline says, with its actor doing it."""
    actor = subject.deed.actor.removeprefix("the ") if subject.deed else subject.name
    shared = draft.shared_with_headline(candidate)
    if not shared or actor not in candidate.text:
        return False
    if actor not in " ".join(candidate.text.split()[: len(actor.split()) + 3]):
        return False
    # "Facebook said on Monday it removed the ads": who tells of their own deed.
    text = OF_ITSELF.sub(" ", ASIDE.sub("", candidate.text), count=1)
    if speaker_of(text, draft.held(candidate)) is not None:
        return False
    clause = clause_of(text, draft.pool.names)
    if clause is None or clause.negated:
        return False
    deed = subject.deed
    if deed is None or clause.verb == deed.verb:
        return shared > SHARED_WITH_HEADLINE
    # Another word for the deed counts when it is done to the same thing, as far as the headline surely names one.
    thing = set(terms(deed.thing))
    same_thing = 3 * len(thing & set(terms(candidate.text))) >= 2 * len(thing)
    return same_thing and any({clause.verb, deed.verb} <= alike for alike in SAME_DEED)
