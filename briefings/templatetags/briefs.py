"""How figures and names of a brief are written on pages and in mails."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation

from django import template

from briefings.coverage import short
from briefings.schemas import SourceRef
from inference.money import usd as written_out
from users import taxonomy

register = template.Library()


@register.filter
def usd(amount: str) -> str:
    """A decimal string of dollars with two digits that tell something: "$0.00041", "$4.27", "$0" for nothing."""
    try:
        value = Decimal(amount)
    except InvalidOperation:
        return ""
    if value == 0:
        return "$0"
    places = 2 if value >= 1 else 1 - value.adjusted()
    return f"${value:,.{places}f}"


@register.filter
def dollars(nano: int | None) -> str:
    """Nano-dollars in the same manner; a dash for an amount that does not exist."""
    return "–" if nano is None else usd(written_out(nano))


@register.filter
def words(name: str) -> str:
    """A name of the ledger's as words: "fact_sheet" and "purpose:fact_sheet" both as "fact sheet"."""
    return name.removeprefix("purpose:").replace("_", " ")


@register.filter
def percent(part: int, whole: int) -> str:
    """A share such as "2.5 %"; a dash of nothing."""
    return f"{part * 100 / whole:.1f} %" if whole else "–"


@register.filter
def publishers(sources: Iterable[SourceRef], shown: int = 3) -> str:
    """The publishers by name, each once: "OpenAI, Reuters, Ars Technica and 2 more"."""
    names = list(dict.fromkeys(short(source.publisher) for source in sources))
    rest = len(names) - shown
    return ", ".join(names[:shown]) + (f" and {rest} more" if rest > 0 else "")


@register.filter
def role_title(slug: str) -> str:
    found = taxonomy.roles().get(slug)
    return found.title if found else slug


@register.filter
def industry_title(slug: str) -> str:
    found = taxonomy.industries().get(slug)
    return found.title if found else slug
