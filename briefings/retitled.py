"""Whether an article still tells what its earlier title said: publishers try titles out, which corrects nothing. Pure.

Titles write nearly every word large, so the rules for names of sentences would take any new wording for a new name.
"""

from __future__ import annotations

import re

from briefings.terms import terms
from briefings.verify.direction import reversed_words
from briefings.verify.numbers import unsupported
from ingest.changed import Changed
from ingest.withdrawn import is_note

SHARE = 0.7  # of the title's content words that the article must still have
_NAME = re.compile(r"(?<=[a-z,;:] )[A-Z][\w’'-]+")  # written large where no sentence begins


def still_told(title: str, change: Changed) -> bool:
    """Figures, names and most words of the `title` are in a present text, and its new title says no opposite."""
    return any(
        _told(
            title, change.then.text, [p for span in text.spans if not is_note(p := text.passage(span.number))]
        )
        for text in change.now
    )


def _told(title: str, before: str, passages: list[str]) -> bool:
    if not passages or unsupported(title, passages) or any(reversed_words(title, passages[0])):
        return False
    names = set(_NAME.findall(before.partition("\n\n")[2]))
    now = " ".join(passages)
    said, known = set(terms(title)), set(terms(now))
    missing = [word for word in re.findall(r"[\w’'-]+", title) if word in names and word not in now]
    return not missing and len(said & known) >= SHARE * len(said)
