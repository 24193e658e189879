"""What stored briefs and lenses say, read once: asked for by the mark of their row, which changes whenever that does.

A long edition's texts are half a megabyte of JSON; so pages fetch the marks, and the texts only where they do not know
them yet. What is made of a body can be remembered by its text (`Very`), and nothing has to say when to forget it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Generic, NamedTuple, TypeVar

from briefings.schemas import BriefBody, LensBody, Sentence
from users.kept import Kept
from users.prepared import answer

BRIEFS, LENSES = (
    100,
    1000,
)  # remembered by a process; a long brief with its page takes about a quarter of a megabyte
Body = TypeVar("Body")
Key = TypeVar("Key", str, int)


class Size(NamedTuple):
    """Of all that a reader reads of a text, headings included."""

    words: int
    characters: int


@dataclass(frozen=True, slots=True)
class Very(Generic[Body]):
    """What a text says; equal to what the same text says, whenever that was read. `digest` is the text's."""

    digest: bytes
    thing: Body = field(compare=False, repr=False)
    size: Size = field(compare=False)


_TEXTS = """
SELECT id, NULL::bigint, xmin::text || ctid::text, body::text FROM briefings_brief WHERE id = ANY(%(briefs)s)
UNION ALL
SELECT NULL, id, xmin::text || ctid::text, body::text FROM briefings_lens WHERE id = ANY(%(lenses)s)
"""
_briefs = Kept[tuple[str, str], Very[BriefBody]](BRIEFS)  # by key and mark
_lenses = Kept[tuple[int, str], Very[LensBody]](LENSES)


def of(
    briefs: Mapping[str, str], lenses: Mapping[int, str]
) -> tuple[dict[str, Very[BriefBody]], dict[int, Very[LensBody]]]:
    """What briefs and lenses say, by key, given their marks by key; without any that is gone.

    One query where one is not known.
    """
    known, known_lenses = _known(_briefs, briefs), _known(_lenses, lenses)
    missing = {
        "briefs": [key for key in briefs if key not in known],
        "lenses": [key for key in lenses if key not in known_lenses],
    }
    for brief, lens, mark, text in answer(_TEXTS, missing) if any(missing.values()) else ():
        if lens is None:
            known[brief] = _brief(text)
            _briefs.put((brief, mark), known[brief])
        else:
            known_lenses[lens] = _lens(text)
            _lenses.put((lens, mark), known_lenses[lens])
    return known, known_lenses


def _known(kept: Kept[tuple[Key, str], Body], marks: Mapping[Key, str]) -> dict[Key, Body]:
    found = {key: kept.find((key, mark)) for key, mark in marks.items()}
    return {key: one for key, one in found.items() if one is not None}


def forget() -> None:
    _briefs.clear()
    _lenses.clear()


def size_of_brief(body: BriefBody) -> Size:
    runs = [(body.headline,), body.takeaways, body.lead, body.catch, body.bottom_line]
    runs += [section.answer for section in body.sections]
    return _size(runs, [section.question for section in body.sections])


def size_of_lens(lens: LensBody) -> Size:
    runs = [lens.why_it_matters, *(one.answer for one in lens.questions)]
    return _size(runs, [one.question for one in lens.questions])


def _size(runs: Iterable[Iterable[Sentence]], headings: Iterable[str]) -> Size:
    texts = [*headings, *(sentence.text for run in runs for sentence in run)]
    return Size(sum(len(text.split()) for text in texts), sum(map(len, texts)))


def _brief(text: str) -> Very[BriefBody]:
    body = BriefBody.model_validate_json(text)
    return Very(_digest(text), body, size_of_brief(body))


def _lens(text: str) -> Very[LensBody]:
    lens = LensBody.model_validate_json(text)
    return Very(_digest(text), lens, size_of_lens(lens))


def _digest(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=16).digest()
