"""What an answer may rest on: the brief's articles as it was written from them, and what has become of them since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from briefings import compose, standing
from briefings.models import Brief
from briefings.schemas import BriefBody, Material, Sentence
from briefings.verify import check_sentence, plain
from ingest import changed as articles
from ingest import revisions
from ingest.changed import Changed


@dataclass(frozen=True)
class Ground:
    """`seen` are the present revisions of the articles, `changed` those that are others than the brief has."""

    body: BriefBody
    material: Material
    seen: Mapping[int, int]
    changed: Mapping[int, Changed]

    def holds(self, sentence: Sentence) -> bool:
        """Whether the verifier accepts the sentence, by the texts the brief was made of and by those of today."""
        if check_sentence(sentence, self.material) or not _plain(sentence) or _asks(sentence):
            return False
        return not self.changed or not standing.fallen_answers({0: sentence}, self.material, self.changed)

    def moved(self) -> bool:
        """Whether an article was edited since this was gathered; held, so that none is before the transaction ends."""
        return revisions.now(list(self.seen), held=True) != self.seen


def ground_of(brief: Brief) -> Ground:
    """Everything a question about the brief may be answered from. Raises `compose.NothingToWrite`."""
    parts = dict(brief.articles)
    seen = revisions.now(list(parts))
    changed = articles.since(parts) if seen != parts else {}
    return Ground(BriefBody.model_validate(brief.body), compose.stored_material(brief), seen, changed)


def _plain(sentence: Sentence) -> bool:
    """What a model wrote holds no address even where its source has one; a source's own words may."""
    verbatim = any(sentence.text == citation.quote for citation in sentence.citations)
    return plain.problem(sentence.text, verbatim) is None


def _asks(sentence: Sentence) -> bool:
    """A question answers none: a model that repeats what it was asked passes every other rule."""
    return sentence.text.rstrip("\"'”’ ").endswith("?")
