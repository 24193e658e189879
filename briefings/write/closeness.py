"""Finds the story's sentences nearest to what a reader of one role and industry cares about."""

from __future__ import annotations

from briefings.terms import terms

VAGUE = frozenset(
    terms(
        "company companies people business market work team reader role industry care cares news important impact "
        "change need matter"
    )
)

TOGETHER = 2  # one shared word is chance


def nearness(text: str, concerns: frozenset[str]) -> float:
    """How much of a sentence is about the concerns: shared content words against the sentence's length."""
    own = set(terms(text))
    shared = own & concerns
    return len(shared) / (6.0 + len(own)) ** 0.5 if len(shared) >= TOGETHER else 0.0


def concerns_of(*texts: str) -> frozenset[str]:
    """The content words of what a reader cares about, without those that fit any story."""
    return frozenset(word for text in texts for word in terms(text)) - VAGUE
