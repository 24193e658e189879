"""When an entry was published, in whatever form and language its feed says so."""

from __future__ import annotations

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


def test_odd_dates_by_the_thousand_cost_no_feed() -> None:
    got = feed(rss(*(item(f"T{n}", date=f"neulich {n}") for n in range(2000))))
    assert len(got.items) == 2000
