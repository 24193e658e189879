"""The price book: what a model's tokens cost by the operator's own file, else by genai-prices. Writes nothing."""

from __future__ import annotations

import importlib.metadata
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from genai_prices import data_snapshot
from genai_prices.types import ModelInfo, ModelPrice, Provider, TieredPrices

from inference.errors import BadPrices
from inference.models import Axis
from inference.money import nano
from users.kept import Kept

STANDARD = "default"
# From this many prompt tokens on some providers double their prices (cost.md's cliffs): never go there.
CLIFF = 100_000

Prices = dict[str, int]  # nano-dollars per million tokens by axis, every axis present


@dataclass(frozen=True, slots=True)
class Listing:
    """A model's prices in a tier, and where they were read."""

    prices: Prices
    source: str


def find(model: str, base_url: str, tier: str, now: datetime, own: str) -> Listing | None:
    """The model's prices at that endpoint in that tier, or None. `own` is NUTGRAF_PRICES: a path or empty.

    The operator's file comes first. Then the endpoint's own price list where genai-prices knows its address; any
    other address (a gateway, a server of one's own) is taken to pass on OpenAI's models at OpenAI's prices.
    """
    if own and (prices := own_prices(own).get(model, {}).get(tier)):
        return Listing(prices, f"NUTGRAF_PRICES {Path(own).name}")
    if own and model in own_prices(own):
        return None  # its price is ours to say, and this tier was not written down
    provider = _provider(base_url)
    found = _model(provider, model)
    if found is None or (prices := _prices(found, tier, now)) is None:
        return None
    return Listing(prices, f"genai-prices {_version()}, {provider.id} {found.id}")


@cache
def _version() -> str:
    return importlib.metadata.version("genai-prices")


def _provider(base_url: str) -> Provider:
    book = data_snapshot.get_snapshot()
    try:
        return book.find_provider(None, None, base_url)
    except LookupError:
        return book.find_provider(None, "openai", None)


_models = Kept[tuple[int, str], tuple[Provider, ModelInfo | None]](100)


def _model(provider: Provider, name: str) -> ModelInfo | None:
    """As the provider's list has it. To look for it takes a rule of every model there, and each page asks.

    What is kept holds the provider, so no other can be at its address; a list that is read anew has others.
    """
    _, found = _models.get((id(provider), name), lambda: (provider, provider.find_model(name)))
    return found


def _prices(found: ModelInfo, tier: str, now: datetime) -> Prices | None:
    listed = found.get_prices(now)
    if tier != STANDARD:
        # An unlisted tier silently falls back to the standard prices there, so look before asking.
        terms = {"processing": tier} if tier == "batch" else {"service_tier": tier}
        if not any(variant.when == terms for variant in found.price_variants or ()):
            return None
        listed = found.get_prices(now, terms)
    return _complete(_listed(listed))


def _listed(listed: ModelPrice) -> dict[str, Decimal]:
    by_axis = {
        Axis.INPUT: listed.input_mtok,
        Axis.CACHED: listed.cache_read_mtok,
        Axis.CACHE_WRITE: listed.cache_write_mtok,
        Axis.OUTPUT: listed.output_mtok,
    }
    return {axis.value: _below_cliff(price) for axis, price in by_axis.items() if price is not None}


def _below_cliff(price: Decimal | TieredPrices) -> Decimal:
    if isinstance(price, TieredPrices):
        return max([price.base, *(tier.price for tier in price.tiers if tier.start < CLIFF)])
    return price


def _complete(dollars: Mapping[str, Decimal]) -> Prices | None:
    """Every axis priced: cached and cache-writing input as plain input, reasoning as output, where not listed.

    An embedder lists no output and makes none; should it report some, it costs as much as input.
    """
    plain = dollars.get(Axis.INPUT)
    if plain is None:
        return None
    output = dollars.get(Axis.OUTPUT, plain)
    full = {
        Axis.INPUT: plain,
        Axis.CACHED: dollars.get(Axis.CACHED, plain),
        Axis.CACHE_WRITE: dollars.get(Axis.CACHE_WRITE, plain),
        Axis.OUTPUT: output,
        Axis.REASONING: dollars.get(Axis.REASONING, output),
    }
    return {axis.value: nano(price) for axis, price in full.items()}


# ---------------------------------------------------------------- the operator's file


def own_prices(path: str) -> dict[str, dict[str, Prices]]:
    """Model to tier to prices, from a TOML file of US dollars per million tokens. Raises BadPrices.

    ["qwen3:8b"]          # the model's name as it is asked for
    input = 0
    output = 0            # also: cached, cache_write, reasoning
    ["gpt-6-luna".flex]   # a service tier of its own
    input = 0.05
    output = 0.25
    """
    file = Path(path)
    try:
        return _read(file, file.stat().st_mtime_ns)
    except OSError as error:
        raise BadPrices(
            f"NUTGRAF_PRICES: {path!r}: {error.strerror}; allowed: a readable TOML file"
        ) from error


@lru_cache(maxsize=4)
def _read(file: Path, _changed: int) -> dict[str, dict[str, Prices]]:
    try:
        tables = tomllib.loads(file.read_text(), parse_float=Decimal)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadPrices(f"NUTGRAF_PRICES: {str(file)!r}: {error}; allowed: a TOML file") from error
    return {model: _tiers(model, table) for model, table in tables.items()}


def _tiers(model: str, table: Any) -> dict[str, Prices]:
    if not isinstance(table, dict):
        raise BadPrices(
            f"NUTGRAF_PRICES: {model!r} is not a table; allowed: [{model!r}] with input and output"
        )
    tiers = {name: inner for name, inner in table.items() if isinstance(inner, dict)}
    plain = {name: value for name, value in table.items() if name not in tiers}
    found = {name: _own(f"{model}.{name}", inner) for name, inner in tiers.items()}
    return found | ({STANDARD: _own(model, plain)} if plain else {})


def _own(name: str, table: Mapping[str, Any]) -> Prices:
    dollars: dict[str, Decimal] = {}
    for axis, value in table.items():
        price = Decimal(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else None
        if axis not in Axis.values or price is None or not price.is_finite() or not 0 <= price <= 100_000:
            axes = ", ".join(Axis.values)
            raise BadPrices(
                f"NUTGRAF_PRICES: {name}: {axis} = {value!r}; allowed: {axes}, each from 0 to 100000"
            )
        dollars[axis] = price
    complete = _complete(dollars)
    if complete is None:
        raise BadPrices(
            f"NUTGRAF_PRICES: {name}: no price for input; allowed: input (and output) in dollars per million"
        )
    return complete
