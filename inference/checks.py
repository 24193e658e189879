"""The refusal to start with unusable prices or budgets: found at the start, not at the first call of the day."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from inference.budgets import READER
from inference.errors import BadPrices
from inference.models import Purpose


@register
def check_prices(**_: Any) -> list[CheckMessage]:
    """One error when NUTGRAF_PRICES names a file that cannot be used."""
    if not settings.NUTGRAF_PRICES:
        return []
    from inference.book import own_prices  # with the catalogue of all prices, which most commands do without

    try:
        own_prices(settings.NUTGRAF_PRICES)
    except BadPrices as error:
        return [Error(str(error), id="inference.E001")]
    return []


@register
def check_budgets(**_: Any) -> list[CheckMessage]:
    """One error for each budget of NUTGRAF_BUDGETS that would limit nothing: its name is no purpose."""
    allowed = [READER, *Purpose.values]
    return [
        Error(f"NUTGRAF_BUDGETS: {scope!r} is no purpose; allowed: {', '.join(allowed)}", id="inference.E002")
        for scope, _ in settings.NUTGRAF_BUDGETS
        if scope not in allowed
    ]
