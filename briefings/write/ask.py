"""A question that a sentence answers: what all wordings of questions make."""

from __future__ import annotations

from dataclasses import dataclass

from briefings.write.aspects import Aspect
from briefings.write.clauses import Clause


@dataclass(frozen=True, slots=True)
class Ask:
    """A question a sentence answers. `about` keeps two questions about one thing from both being asked.

    `act`: what a speaker does with the words that answer it, empty where nobody speaks; a brief asks after each once.
    """

    aspect: Aspect
    question: str
    about: str
    strength: float
    act: str = ""


def about_clause(aspect: Aspect, question: str, clause: Clause, strength: float) -> Ask:
    """A question about a clause's subject, its question mark left out."""
    return Ask(aspect, f"{question}?", f"{clause.subject} {aspect}", strength)
