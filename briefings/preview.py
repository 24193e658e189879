"""What somebody's edition would lead with, told while they say who they are: no model, no cost, nothing stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from briefings import edition
from ingest import embed

MOST = 3
LONGEST = 1000  # characters of interests, as a profile takes


@dataclass(frozen=True, slots=True)
class Headline:
    """`title` is foreign text, the best source's; `why` the reasons as an edition has them before a lens is written."""

    title: str
    publishers: tuple[str, ...]
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """`sample`: nothing real has been read yet, and these are of the bundled sample."""

    headlines: tuple[Headline, ...]
    sample: bool


def previewed(role: str, industry: str, interests: str, as_of: datetime, owner: int) -> Preview:
    """The stories such a reader's edition would lead with as of then (aware, UTC).

    Chosen as an edition is, but by words and the vectors made of them: a model's would have to be paid for each word
    that is typed. Raises taxonomy.UnknownRole or UnknownIndustry.
    """
    reader = edition.reader_of(role, industry, interests[:LONGEST])
    found, sample = edition.candidates_at(as_of, owner)
    by_id = {snapshot.story: snapshot for snapshot in found}
    choices = edition.chosen(found, sample, reader, embed.LEXICAL, as_of, MOST)
    headlines = (Headline(by_id[one.story].title, by_id[one.story].publishers, one.why) for one in choices)
    return Preview(tuple(headlines), sample)
