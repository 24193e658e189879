"""Money as integers of nano-dollars, and its way in and out of decimal dollars."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal

NANO = 1_000_000_000
MILLION = 1_000_000


def nano(dollars: Decimal) -> int:
    """Nano-dollars, rounded up."""
    return int((dollars * NANO).to_integral_value(ROUND_CEILING))


def usd(amount: int, places: int = 6) -> str:
    """A decimal string of dollars such as "0.000412": at least `places` digits, all nine where fewer would lose any."""
    sign, whole, rest = "-" if amount < 0 else "", *divmod(abs(amount), NANO)
    digits = f"{rest:09d}"
    kept = max(places, len(digits.rstrip("0")))
    return f"{sign}{whole}.{digits[:kept]}" if kept else f"{sign}{whole}"


def price_of(tokens: int, nano_per_million: int) -> int:
    """What so many tokens cost, rounded up to the next nano-dollar: once per axis, so under 5 nano-dollars a call."""
    return -(-tokens * nano_per_million // MILLION)
