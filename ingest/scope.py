"""Which articles and stories belong together: everybody's news, the bundled sample, and each reader's own sources.

What is of different scopes is never compared, merged or shown together by accident: every query of articles or
stories names its scope.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q


@dataclass(frozen=True, slots=True)
class Scope:
    """`owner` is the key of the reader whose own sources these are; None for what everybody may see."""

    sample: bool = False
    owner: int | None = None

    def sources(self) -> Q:
        return Q(sample=self.sample, owner=self.owner)

    def articles(self) -> Q:
        return Q(source__sample=self.sample, source__owner=self.owner)

    def stories(self) -> Q:
        return Q(sample=self.sample, owner=self.owner)


PUBLIC, SAMPLE = Scope(), Scope(sample=True)
EVERYBODY = Q(owner=None)  # sources and stories that are nobody's own, the sample's among them
