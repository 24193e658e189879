"""What a figure is once its spelling is gone: a quantity, a date or a name that carries digits."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number as written (`value`) and in its unit's base (`base`): 2 years have value 2, unit month, base 24."""

    value: Decimal
    unit: str = ""
    base: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Date:
    year: int | None = None
    month: int | None = None
    day: int | None = None


@dataclass(frozen=True, slots=True)
class Token:
    """A name with digits, a weekday, a quarter: equal when the normalised text is equal."""

    text: str


Key = Quantity | Date | Token


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure in a text. Its keys are its possible readings; one of them must stand in the cited passage.

    `claim` is False for what may support a figure without being one ("one of them", "a year").
    """

    raw: str
    start: int
    end: int
    keys: tuple[Key, ...]
    claim: bool = True


def quantity(value: Decimal | int, unit: str = "", factor: Decimal | int = 1) -> Quantity:
    value = Decimal(value)
    return Quantity(value.normalize(), unit, (value * Decimal(factor)).normalize())
