"""Reads the times that feeds state, in whatever form and language, as whole seconds since 1970 in UTC.

Runs in the guarded child. Knows no clock: a time relative to now ("2 hours ago") is none.
"""

from __future__ import annotations

import calendar
import math
import re
from datetime import UTC, datetime
from email.utils import mktime_tz, parsedate_tz
from functools import lru_cache
from typing import Any

MOST_GUESSES = 300  # of a feed whose times follow no standard; each takes a few thousandths of a second
LONGEST = 100
# English first: of a numeric date that could be read two ways, its order counts unless the feed names its language.
_LANGUAGES = ("en", "de", "fr", "es", "pt", "it", "nl", "pl", "sv", "ru", "zh", "ja", "ko")
_GUESSING = {
    "TIMEZONE": "UTC",
    "RETURN_AS_TIMEZONE_AWARE": True,
    "REQUIRE_PARTS": ["day", "month", "year"],
    "PARSERS": ["timestamp", "absolute-time"],
}
# Zones of RFC 822 that all its readers agree on; any other name ("CEST") is silently taken for UTC by most of them.
_MAIL_DATE = re.compile(r"\d{4}\s+\d?\d:\d\d(?::\d\d)?\s+(?:[+-]\d{4}|GMT|UTC?|Z|[ECMP][SD]T)$")


class Times:
    """The times of one feed. What its last odd time was written in, the next is taken to be written in first."""

    def __init__(self, language: str) -> None:
        own = language.split("-")[0]
        self.languages = [own, *_LANGUAGES] if own in _LANGUAGES else [*_LANGUAGES]
        self.left = MOST_GUESSES
        self.last = ""

    def read(self, text: str, parsed: Any = None) -> float | None:
        """The moment that `text` names, or None; `parsed` is what the feed's parser takes it for, a UTC tuple."""
        text = " ".join(text.split())
        found = standard(text)
        if found is None and text and len(text) <= LONGEST and self.left > 0:
            found = self._guess(text)
        return math.floor(found) if found is not None else seconds(parsed)

    def _guess(self, text: str) -> float | None:
        for languages in ([self.last], self.languages):
            if languages[0]:
                self.left -= 1
                data = _guesser(tuple(dict.fromkeys(languages))).get_date_data(text)
                if data.date_obj is not None:
                    self.last = data.locale
                    return float(data.date_obj.timestamp())
        return None


@lru_cache
def _guesser(languages: tuple[str, ...]) -> Any:
    from dateparser.date import DateDataParser

    return DateDataParser(languages=list(languages), settings=_GUESSING, use_given_order=True)


def standard(text: str) -> float | None:
    """The moment that `text` names by ISO 8601 or by RFC 822, or None; without a zone it is UTC."""
    return _known(text) if len(text) <= LONGEST else _standard(text)


def _standard(text: str) -> float | None:
    try:
        if _MAIL_DATE.search(text) and (parts := parsedate_tz(text)):
            return float(mktime_tz(parts))
        when = datetime.fromisoformat(text)
        return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError, TypeError):
        return None


_known = lru_cache(maxsize=1000)(_standard)  # each is asked for twice: while its feed is parsed, and after


def seconds(parsed: Any) -> float | None:
    """The moment of a UTC time tuple, or None."""
    try:
        return float(calendar.timegm(parsed)) if parsed else None
    except (OverflowError, ValueError, TypeError):
        return None
