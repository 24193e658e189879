"""The provider's usage and cost reports as values, page by page through the door. Decides and stores nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.conf import settings

from inference import gateway
from inference.book import STANDARD
from inference.errors import BadReply, Rejected
from inference.money import nano
from inference.tokens import Tokens

USAGE = {
    "/organization/usage/completions": ["model", "batch", "service_tier"],
    "/organization/usage/embeddings": ["model"],
}
COSTS = "/organization/costs"
MOST_PAGES = 100


@dataclass(frozen=True, slots=True)
class Usage:
    """What one model used on a UTC day in one tier; `line` is the report's own, as evidence."""

    day: date
    model: str
    tier: str
    requests: int
    tokens: Tokens
    line: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Billed:
    """What a UTC day cost in nano-dollars, all models together."""

    day: date
    nano: int
    lines: tuple[Mapping[str, Any], ...]


def usage(first: date, last: date) -> list[Usage]:
    """What was used from `first` to `last`, both included. Raises `inference.errors`, BadReply for another shape."""
    found = []
    for path, grouped in USAGE.items():
        for day, line in _lines(path, first, last, grouped):
            found.append(_usage(day, line))
    return found


def billed(first: date, last: date) -> list[Billed] | None:
    """What each day cost, None where the endpoint has no such report. Raises like `usage`."""
    try:
        lines = list(_lines(COSTS, first, last, ["line_item"]))
    except Rejected as error:
        if error.status == 404:
            return None
        raise
    days = {first + timedelta(n): [] for n in range((last - first).days + 1)}  # type: dict[date, list[Any]]
    for day, line in lines:
        days.setdefault(day, []).append(line)
    return [Billed(day, sum(map(_amount, each)), tuple(each)) for day, each in days.items()]


def _lines(
    path: str, first: date, last: date, grouped: list[str]
) -> Iterator[tuple[date, Mapping[str, Any]]]:
    asked: dict[str, Any] = {
        "start_time": _midnight(first),
        "end_time": _midnight(last + timedelta(days=1)),
        "bucket_width": "1d",
        "group_by": grouped,
    }
    if settings.OPENAI_PROJECT_ID:
        asked["project_ids"] = [settings.OPENAI_PROJECT_ID]
    for _ in range(MOST_PAGES):
        page = gateway.report(path, asked)
        for bucket in _list(page, "data"):
            day = datetime.fromtimestamp(_count(bucket, "start_time"), UTC).date()
            yield from ((day, line) for line in _list(bucket, "results"))
        if not page.get("has_more"):
            return
        asked["page"] = page.get("next_page")
    raise BadReply(f"the report {path} has no end after {MOST_PAGES} pages")


def _usage(day: date, line: Mapping[str, Any]) -> Usage:
    """OpenAI's input_tokens hold what was read from the cache and written into it."""
    cached = _count(line, "input_cached_tokens", 0)
    written = _count(line, "input_cache_write_tokens", 0)
    tokens = Tokens(
        input=max(0, _count(line, "input_tokens") - cached - written),
        cached=cached,
        cache_write=written,
        output=_count(line, "output_tokens", 0),
    )
    named = str(line.get("service_tier") or "").lower()
    tier = "batch" if line.get("batch") is True else named if named not in ("", "standard") else STANDARD
    return Usage(day, str(line.get("model") or ""), tier, _count(line, "num_model_requests"), tokens, line)


def _amount(line: Mapping[str, Any]) -> int:
    amount = line.get("amount")
    if not isinstance(amount, Mapping) or str(amount.get("currency", "usd")).lower() != "usd":
        raise BadReply(f"a line of the cost report is no amount of US dollars: {str(line)[:200]}")
    try:
        return nano(Decimal(str(amount.get("value"))))
    except (InvalidOperation, OverflowError, ValueError) as error:
        raise BadReply(f"a line of the cost report is no amount: {str(line)[:200]}") from error


def _list(whole: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    found = whole.get(name)
    if not isinstance(found, list) or not all(isinstance(each, Mapping) for each in found):
        raise BadReply(f"the report has no list of {name}")
    return found


def _count(line: Mapping[str, Any], name: str, absent: int | None = None) -> int:
    value = line.get(name)
    if value is None and absent is not None:
        return absent
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**53:
        raise BadReply(f"the report's {name} is no count: {str(value)[:80]}")
    return value


def _midnight(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())
