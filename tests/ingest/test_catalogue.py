"""The shipped catalogue: official https feeds, each once, in order, with values the models accept."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from ingest.models import Kind
from tests.ingest.tables import COLUMNS, records

ROWS = records(Path(__file__).resolve().parents[2] / "ingest" / "catalogue.tsv")
# Mirrors, scrapers and search pages stand between us and the publisher, and change or vanish without notice.
MIRRORS = ("githubusercontent.com", "news.google.com", "rsshub", "xcancel", "feedburner.com", "hnrss.org")


def test_it_has_the_columns_the_loader_reads() -> None:
    assert tuple(ROWS[0]) == COLUMNS
    assert 70 <= len(ROWS) <= 110


def test_it_is_sorted_by_kind_then_title() -> None:
    assert sorted(ROWS, key=lambda row: (row["kind"], row["title"].casefold())) == ROWS


def test_it_names_each_source_once() -> None:
    addresses = [row["feed_url"].rstrip("/").casefold() for row in ROWS]
    assert len(set(addresses)) == len(addresses)
    assert len({row["title"] for row in ROWS}) == len(ROWS)


def test_it_covers_every_kind_of_source() -> None:
    assert {row["kind"] for row in ROWS} == set(Kind.values)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["title"])
def test_it_holds_plausible_official_feeds(row: dict[str, str]) -> None:
    for address in (row["feed_url"], row["site_url"]):
        parts = urlsplit(address)
        assert parts.scheme == "https"
        assert "." in (parts.hostname or "")
    assert not any(mirror in row["feed_url"] for mirror in MIRRORS)
    assert row["title"] == row["title"].strip() != ""
    assert row["language"] == "en"
    assert row["primary"] in ("yes", "no")
    assert 0 < float(row["authority"]) <= 1


def test_it_marks_as_first_hand_only_those_who_speak_for_themselves() -> None:
    assert {row["kind"] for row in ROWS if row["primary"] == "yes"} <= {
        "lab",
        "research",
        "policy",
        "hardware",
    }
