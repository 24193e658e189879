"""The contract's documents as answers: whole or some fields of them, kept for a minute as they were sent.

A frozen edition is asked for again and again by the same device. One small query tells whether it still is what was
sent: of which state, with which corrections. What else may alter in it, a cost that is reckoned anew or the name of
a source, is told within the minute.

What a brief says as JSON is written once for all who have it through one lens: it is kept by all that it is made of.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Annotated, Any, Optional

from django.http import HttpResponse
from ninja import Query
from pydantic import BaseModel, create_model

from briefings import read
from briefings.api.frame import Packed, pack
from briefings.api.problems import FieldProblem, Problem
from briefings.models import Edition
from briefings.read import Reading
from briefings.schemas import DOCUMENT_ORDER, BriefDocument, Cost, NoticeDocument, Shape
from users.kept import Kept

SECONDS = 60.0
MOST = 32_000_000  # bytes, compressed
TEXTS = 100  # briefs as JSON, of a tenth of a megabyte when they are long
Fields = Annotated[
    str,
    Query(
        max_length=300,
        description="only these parts of each brief, by name and separated by commas; its `id` is always there",
        examples=["headline,takeaways"],
    ),
]


def _compact() -> type[BaseModel]:
    parts: dict[str, Any] = {
        name: (one.annotation, ...) if name == "id" else (Optional[one.annotation], None)  # noqa: UP045 - a value, not a type
        for name, one in BriefDocument.model_fields.items()
        if name in DOCUMENT_ORDER
    }
    return create_model(
        "CompactBrief", __base__=Shape, __doc__="The parts of a brief that were asked for.", **parts
    )


CompactBrief = _compact()


class CompactEntry(Shape):
    rank: int
    why: tuple[str, ...]
    update: bool = False
    brief: CompactBrief  # type: ignore[valid-type]  # made above


class CompactEdition(Shape):
    """An edition with the parts of its briefs that were asked for."""

    reader: str
    date: str
    items: tuple[CompactEntry, ...]
    cost: Cost
    corrections: tuple[NoticeDocument, ...] = ()


@dataclass(frozen=True, slots=True)
class _Sent:
    packed: bytes
    etag: str
    until: float


_sent: Kept[Hashable, _Sent] = Kept(MOST, lambda one: len(one.packed))  # each web process has its own


def _answer(key: Hashable, make: Callable[[], str]) -> HttpResponse:
    found = _sent.find(key)
    if found is None or found.until < time.monotonic():
        found = _Sent(*pack(make().encode()), until=time.monotonic() + SECONDS)
        _sent.put(key, found)
    return Packed(found.packed, found.etag)


def edition(found: Edition, news: tuple[int, int], fields: str) -> HttpResponse:
    """A ready edition of the reader who asks, and what tells whether it changed (`briefings.read`)."""
    asked = parts(fields)
    return _answer(("edition", found.pk, news, asked), lambda: _edition(found, asked))


def brief(reading: Reading, fields: str) -> HttpResponse:
    """A brief of the reader who asks, which says the same to all who have it through that lens."""
    asked, same = parts(fields), reading.same_document
    if same is None:
        return HttpResponse(_brief(reading, asked), "application/json")
    return _answer(("brief", same, asked), lambda: _brief(reading, asked))


def _edition(found: Edition, asked: tuple[str, ...]) -> str:
    """As `read.edition_document`, with the briefs as they were written for whoever asked first."""
    readings = read.edition_readings(found)
    whole = read.edition_without_items(found, readings)
    items = ",".join(_entry(one, asked) for one in readings)
    told = (f"[{items}]" if name == "items" else _json(value) for name, value in whole.items())
    return "{" + ",".join(f"{_json(name)}:{value}" for name, value in zip(whole, told, strict=True)) + "}"


def _entry(reading: Reading, asked: tuple[str, ...]) -> str:
    place = _json(read.entry(reading).model_dump(mode="json", exclude={"brief"}))
    return f'{place.removesuffix("}")},"brief":{_brief(reading, asked)}}}'


def _brief(reading: Reading, asked: tuple[str, ...]) -> str:
    def make() -> str:
        return _json(some(reading.document.model_dump(mode="json"), asked))

    same = reading.same_document
    return make() if same is None else _texts.get((same, asked), make)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


_texts = Kept[Hashable, str](TEXTS)


def parts(fields: str) -> tuple[str, ...]:
    """The names asked for; none means all. Raises Problem for one that no brief has."""
    asked = tuple(sorted({name.strip() for name in fields.split(",") if name.strip()}))
    if unknown := [name for name in asked if name not in DOCUMENT_ORDER]:
        raise Problem(
            "invalid", errors=[FieldProblem(field="query.fields", message=f"no part: {unknown[0]}")]
        )
    return asked


def some(document: dict[str, Any], asked: tuple[str, ...]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if not asked or name in asked or name == "id"}


def forget() -> None:
    """Everything that is kept here."""
    _sent.clear()
    _texts.clear()
