"""The refusal to start with an unusable price file: read at the start, not at the first call of the day."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from inference.book import own_prices
from inference.errors import BadPrices


@register
def check_prices(**_: Any) -> list[CheckMessage]:
    """One error when NUTGRAF_PRICES names a file that cannot be used."""
    if not settings.NUTGRAF_PRICES:
        return []
    try:
        own_prices(settings.NUTGRAF_PRICES)
    except BadPrices as error:
        return [Error(str(error), id="inference.E001")]
    return []
