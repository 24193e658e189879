"""What stands around a sentence that gets a defect: its passage, its article's names, and names from elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

from briefings.terms import STOP, terms
from briefings.verify.evidence import split
from briefings.verify.names import names


class Neighbours:
    """What else the story and the corpus hold: names to swap in, and sentences to mix up."""

    def __init__(self, passages: Sequence[str], elsewhere: str) -> None:
        self.article_names = named(" ".join(passages))
        self.foreign_names = named(elsewhere)
        self._passages = [(frozenset(terms(passage)), passage) for passage in passages]

    def beside(self, text: str) -> tuple[str, ...]:
        """The other sentences of the passage that `text` seems to be taken from."""
        wanted = frozenset(terms(text))
        _, passage = max(self._passages, key=lambda each: len(each[0] & wanted), default=(frozenset(), ""))
        own = max(split(passage), key=lambda each: len(wanted & {*terms(each)}), default="")
        return tuple(each for each in split(passage) if each != own)


def named(text: str) -> tuple[str, ...]:
    """What is surely a name: a capital, four letters or more, and no word that also opens sentences."""
    return tuple(
        n for n in dict.fromkeys(names(text)) if n[0].isupper() and len(n) > 3 and n.lower() not in STOP
    )
