"""Tokens to money: the price rows of the ledger, copied from the book when first used and never rewritten."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection, transaction
from django.db.models import DateTimeField, F, Func
from django.db.models.functions import Greatest
from django.utils import timezone

from inference import book
from inference.book import Prices
from inference.errors import UnknownModel
from inference.models import Axis, Price
from inference.money import price_of
from inference.tokens import Tokens
from users.prepared import Prepared, given

WRITER_LOCK = 0x7072696365  # any number nobody else uses
NOW = Func(
    function="clock_timestamp", output_field=DateTimeField()
)  # not the transaction's start: it may have waited
OPENAI = "https://api.openai.com/v1"
AXES = tuple(field.name for field in fields(Tokens))


_VALID: Prepared[tuple[str, int, int]] = Prepared(
    lambda: Price.objects.filter(
        provider=given("provider"), model=given("model"), tier=given("tier"), valid_until=None
    ).values_list("axis", "nano_per_million", "pk")
)


@dataclass(frozen=True, slots=True)
class Tariff:
    """A model's prices at one moment, with the ids of the price rows they stand in."""

    provider: str
    model: str
    tier: str
    prices: Prices
    rows: tuple[int, ...] = ()

    def cost(self, tokens: Tokens) -> int:
        """Nano-dollars, rounded up on each axis."""
        return sum(price_of(getattr(tokens, axis), self.prices[axis]) for axis in AXES)

    def bound(self, input_tokens: int, output_tokens: int) -> int:
        """At least what so many tokens can cost, on whichever axis they turn out to be."""
        dearest_in = max(self.prices[axis] for axis in (Axis.INPUT, Axis.CACHED, Axis.CACHE_WRITE))
        dearest_out = max(self.prices[axis] for axis in (Axis.OUTPUT, Axis.REASONING))
        return price_of(input_tokens, dearest_in) + price_of(output_tokens, dearest_out)


def base_url() -> str:
    """The endpoint's address as configured, OpenAI's by default."""
    return (settings.OPENAI_BASE_URL or OPENAI).rstrip("/")


def host(url: str) -> str:
    """What the ledger calls the provider: the address's host and port, never its credentials."""
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port}" if parts.port else parts.hostname or url


def tariff(model: str, tier: str = book.STANDARD) -> Tariff:
    """The prices in force now for the model at the configured endpoint. Raises UnknownModel and BadPrices."""
    url = base_url()
    listing = book.find(model, url, tier, timezone.now(), settings.NUTGRAF_PRICES)
    if listing is None:
        raise UnknownModel(model, host(url))
    rows = _rows(host(url), model, tier, listing.prices, listing.source)
    return Tariff(host(url), model, tier, listing.prices, rows)


def listed(model: str, at: datetime | None = None) -> Tariff | None:
    """The book's prices without a row in the ledger, for comparisons; None when it has none."""
    listing = book.find(model, base_url(), book.STANDARD, at or timezone.now(), settings.NUTGRAF_PRICES)
    return Tariff(host(base_url()), model, book.STANDARD, listing.prices) if listing else None


def on(day: date, model: str, tier: str = book.STANDARD) -> Tariff:
    """The prices that the ledger had on that UTC day (the day's last where they changed), else those in force now.

    Raises UnknownModel and BadPrices.
    """
    began = datetime(day.year, day.month, day.day, tzinfo=UTC)
    then = Price.objects.filter(provider=host(base_url()), model=model, tier=tier)
    then = then.filter(valid_from__lt=began + timedelta(days=1)).exclude(valid_until__lte=began)
    rows = {row.axis: row for row in then.order_by("valid_from", "pk")}
    if set(rows) != set(Axis.values):
        return tariff(model, tier)
    prices = {axis: row.nano_per_million for axis, row in rows.items()}
    return Tariff(host(base_url()), model, tier, prices, tuple(sorted(row.pk for row in rows.values())))


def billed(
    asked: Tariff, model: str, tier: str, tariff: Callable[[str, str], Tariff] = tariff
) -> tuple[Tariff | None, list[str]]:
    """The prices of what answered, and flags for the operator; None when the tier may cost more than we know.

    A dated snapshot of the model asked for costs what that costs. An unlisted name is one of the endpoint's own for
    the model asked for. A cheaper tier that is not listed is priced in full.
    """
    flags: list[str] = []
    name = asked.model if not model or snapshot(asked.model, model) else model
    wanted = tier.lower() if tier.lower() not in ("", "auto", "standard") else book.STANDARD
    if name == asked.model and wanted == book.STANDARD:
        return asked, flags
    try:
        tariff(name, book.STANDARD)
    except UnknownModel:
        flags.append(f"model {model} is not listed: priced as {asked.model}")
        name = asked.model
    try:
        return tariff(name, wanted), flags
    except UnknownModel:
        if wanted in ("flex", "batch"):
            return tariff(name, book.STANDARD), [*flags, f"tier {tier} is not listed: priced in full"]
        return None, [*flags, f"tier {tier} is not listed"]


def snapshot(asked: str, answered: str) -> bool:
    """Is the second name the first, or a dated version of it?"""
    return answered == asked or bool(
        re.fullmatch(re.escape(asked) + r"-(\d{4}-\d{2}-\d{2}|\d{4}|\d{6}|\d{8})", answered)
    )


def _rows(provider: str, model: str, tier: str, prices: Prices, source: str) -> tuple[int, ...]:
    """The ids of the rows with exactly these prices, written when they are new or have changed."""
    if rows := _current(provider, model, tier, prices):
        return rows
    with transaction.atomic(), connection.cursor() as cursor:
        # One writer at a time: two that write the same prices at once would deadlock in the exclusion constraint.
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [WRITER_LOCK])
        if not _current(provider, model, tier, prices):
            old = Price.objects.filter(provider=provider, model=model, tier=tier, valid_until=None)
            old.update(valid_until=Greatest(F("valid_from"), NOW))
            _write(provider, model, tier, prices, source)
        return _current(provider, model, tier, prices)


def _current(provider: str, model: str, tier: str, prices: Prices) -> tuple[int, ...]:
    """The rows now valid when they say these prices, else none."""
    found = _VALID(provider=provider, model=model, tier=tier)
    if {axis: amount for axis, amount, _ in found} != prices:
        return ()
    return tuple(sorted(row for *_, row in found))


def _write(provider: str, model: str, tier: str, prices: Prices, source: str) -> None:
    today = timezone.now().date()
    Price.objects.bulk_create(
        Price(
            provider=provider,
            model=model,
            tier=tier,
            axis=axis,
            valid_from=NOW,
            nano_per_million=amount,
            source=source,
            read_on=today,
        )
        for axis, amount in prices.items()
    )
