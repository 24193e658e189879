"""When an entry was published, in whatever form and language its feed says so."""

from __future__ import annotations

from datetime import date as date_of
from datetime import datetime

import pytest

from tests.fakes.web_server import item, rss
from tests.ingest.test_parse import feed


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Fri, 08 Aug 2025 10:00:00 +0200", "2025-08-08T08:00:00+00:00"),
        ("Fri, 8 Aug 2025 10:00 EST", "2025-08-08T15:00:00+00:00"),
        ("Fri, 08 Aug 2025 10:00:00 CEST", "2025-08-08T08:00:00+00:00"),
        ("2025-08-08", "2025-08-08T00:00:00+00:00"),
        ("2025-08-08 10:00:00 UTC", "2025-08-08T10:00:00+00:00"),
        ("20250808T100000Z", "2025-08-08T10:00:00+00:00"),
        ("August 8, 2025", "2025-08-08T00:00:00+00:00"),
        ("Friday, August 8, 2025 - 10:00", "2025-08-08T10:00:00+00:00"),
        ("Sex, 08 Ago 2025 10:00:00 -0300", "2025-08-08T13:00:00+00:00"),
        ("8 août 2025", "2025-08-08T00:00:00+00:00"),
        ("2025年8月8日 10:00", "2025-08-08T10:00:00+00:00"),
        ("1754647200", "2025-08-08T10:00:00+00:00"),
        ("2 hours ago", None),
        ("soon", None),
    ],
)
def test_it_reads_dates_in_odd_forms(written: str, meant: str | None) -> None:
    published = feed(rss(item("T", date=written))).items[0].published
    assert published == (datetime.fromisoformat(meant) if meant else None)


def test_one_odd_date_does_not_settle_how_the_others_are_written() -> None:
    dates = ("1754647200", "8 août 2025", "Sex, 08 Ago 2025 10:00:00 -0300", "August 8, 2025")
    got = feed(rss(*(item(f"T{n}", date=date) for n, date in enumerate(dates))))
    assert [one.published and one.published.date() for one in got.items] == [date_of(2025, 8, 8)] * 4


@pytest.mark.parametrize(("language", "month"), [("en-us", 7), ("de", 8), ("", 7)])
def test_the_language_of_a_feed_says_which_number_is_the_month(language: str, month: int) -> None:
    body = rss(f"<language>{language}</language>" + item("T", date="07/08/2025"))
    published = feed(body).items[0].published
    assert published is not None
    assert published.month == month


def test_odd_dates_by_the_thousand_cost_no_feed() -> None:
    got = feed(rss(*(item(f"T{n}", date=f"neulich {n}") for n in range(2000))))
    assert len(got.items) == 2000
