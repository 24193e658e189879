"""The shipped catalogue: official https feeds, each once, in order, with values the models accept."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from ingest import catalogue, opml
from ingest.models import Kind, Source
from ingest.parse import Outline
from tests.ingest.tables import COLUMNS, records

ROWS = records(Path(__file__).resolve().parents[2] / "ingest" / "catalogue.tsv")
# Mirrors, generators and search pages stand between us and the publisher, and change or vanish without notice.
MIRRORS = (
    "githubusercontent.com",
    "github.io/rss",
    "news.google.com",
    "rsshub",
    "xcancel",
    "nitter",
    "feedburner.com",
    "hnrss.org",
    "hn.algolia.com",
    "rss.app",
    "openrss.org",
    "fetchrss",
    "politepol",
    "morss.",
    "rss-bridge",
    "kill-the-newsletter",
)
AT_LEAST = {
    "lab": 40,
    "newsroom": 40,
    "newsletter": 25,
    "research": 20,
    "policy": 12,
    "hardware": 12,
    "community": 8,
}


def test_it_has_the_columns_the_loader_reads() -> None:
    assert tuple(ROWS[0]) == COLUMNS


def test_it_is_sorted_by_kind_then_title() -> None:
    assert sorted(ROWS, key=lambda row: (row["kind"], row["title"].casefold())) == ROWS


def test_it_names_each_source_once() -> None:
    places = Counter(_place(row["feed_url"]) for row in ROWS)
    assert [place for place, times in places.items() if times > 1] == []
    assert len({row["title"].casefold() for row in ROWS}) == len(ROWS)


def test_it_covers_every_kind_of_source() -> None:
    kinds = Counter(row["kind"] for row in ROWS)
    assert set(kinds) == set(Kind.values)
    assert len(ROWS) >= 150
    assert {kind: kinds[kind] for kind, least in AT_LEAST.items() if kinds[kind] < least} == {}


def _place(address: str) -> tuple[str, str]:
    """Where a feed lies, whatever the spelling: `www.`, a closing slash or another query lead to the same one."""
    parts = urlsplit(address.casefold())
    return (parts.hostname or "").removeprefix("www."), parts.path.rstrip("/")


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


@pytest.mark.parametrize(
    ("url", "authority"),
    [
        ("https://www.reddit.com/r/ClaudeAI/top/.rss?t=day", 0.35),
        ("https://old.reddit.com/r/singularity/.rss", 0.35),
        ("https://dev.to/feed/somebody", 0.3),
        ("https://notreddit.com/feed", None),
        ("https://blog.dev.to.example/feed", None),
        ("https://openai.com/news/rss.xml", None),
        ("no address", None),
    ],
)
def test_it_knows_the_hosts_where_anybody_posts(url: str, authority: float | None) -> None:
    assert catalogue.authority_of_community(url) == authority


@pytest.mark.django_db
def test_what_somebody_adds_from_such_a_host_counts_as_its_feeds_do() -> None:
    forum, blog = "https://www.reddit.com/r/ClaudeAI/.rss", "https://blog.example/feed"
    named, again = "https://www.reddit.com/r/LabNews/.rss", "https://dev.to/feed/somebody"
    filed = [Outline(named, "", ("Labs",)), Outline(again, "", ("Community",))]
    opml.add([Outline(forum, ""), Outline(blog, ""), *filed])
    found = {one.url: (one.kind, one.authority) for one in Source.objects.all()}
    assert found == {
        forum: ("community", 0.35),
        blog: ("newsroom", 0.5),
        named: ("lab", 0.5),
        again: ("community", 0.3),
    }
