"""What an entry is: identity, change, time and sameness, decided from values alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ingest.decide import Candidate, Draft, canonical, content_hash, copies, happened, read
from ingest.parse import ParsedItem

NOW = datetime(2025, 8, 8, 12, tzinfo=UTC)
LONG = ("A paragraph that is long enough to be the substance of an article and not just a phrase. " * 4,)


def entry(
    title: str = "T", url: str = "https://a.example/1", guid: str = "g1", *paragraphs: str
) -> ParsedItem:
    return ParsedItem(guid, url, title, "", NOW - timedelta(hours=1), None, paragraphs)


def drafts(*items: ParsedItem) -> tuple[Draft, ...]:
    return read(items, NOW).drafts


def test_an_entry_keeps_its_identity_by_guid() -> None:
    (first,) = drafts(entry(guid="g", url="https://a.example/1", title="Old"))
    (second,) = drafts(entry(guid="g", url="https://b.example/2", title="New"))
    assert first.identity == second.identity


def test_a_guid_that_all_entries_share_is_no_identity() -> None:
    reading = read(
        [entry("A", "https://a.example/1", "same"), entry("B", "https://a.example/2", "same")], NOW
    )
    assert len({one.identity for one in reading.drafts}) == 2


def test_without_a_guid_the_link_counts_and_without_a_link_the_content() -> None:
    (linked,) = drafts(entry("Old", "https://a.example/1", ""))
    (edited,) = drafts(entry("New", "http://www.a.example/1/?utm_source=x", ""))
    assert linked.identity == edited.identity
    (bare,) = drafts(entry("T", "", "", "Text."))
    (same,) = drafts(entry("T", "", "", "Text."))
    assert bare.identity == same.identity


def test_entries_under_one_link_without_guids_stay_apart() -> None:
    link = "https://a.example/changelog"
    assert len(drafts(entry("August", link, ""), entry("July", link, ""))) == 2


def test_every_entry_is_accounted_for() -> None:
    reading = read([entry(), entry(), entry("", "", "", ""), entry("B", "https://a.example/2", "g2")], NOW)
    assert len(reading.drafts) + reading.repeated + len(reading.unusable) == 4
    assert reading.unusable == ("entry 3 has neither a title nor text",)


def test_an_entry_without_a_title_takes_its_first_words() -> None:
    (one,) = drafts(entry("", "https://a.example/1", "g", "word " * 60))
    assert one.title.endswith("…")
    assert len(one.title) <= 120


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Points: 1\n\n# Comments: 0", "Points: 219\n\n# Comments: 87"),
        ("12 points, 3 comments", "48 points, 1,204 comments"),
        ("Some  text", "some text."),
        ("Posted 3 hours ago by ada", "Posted 2 days ago by ada"),
    ],
)
def test_a_new_score_is_no_change(before: str, after: str) -> None:
    assert content_hash("T", before.split("\n\n")) == content_hash("T", after.split("\n\n"))


@pytest.mark.parametrize(
    ("before", "after"), [("up 5 percent", "up 6 percent"), ("It has 12 people", "It has 13 people")]
)
def test_a_new_figure_is_a_change(before: str, after: str) -> None:
    assert content_hash("T", [before]) != content_hash("T", [after])


@pytest.mark.parametrize(
    ("published", "expected"),
    [
        (NOW - timedelta(days=400), NOW - timedelta(days=400)),
        (NOW + timedelta(days=1), NOW),
        (datetime(1970, 1, 1, tzinfo=UTC), NOW),
        (None, NOW),
    ],
)
def test_a_date_is_believed_where_it_is_plausible(published: datetime | None, expected: datetime) -> None:
    assert happened(published, NOW) == expected


@pytest.mark.parametrize(
    "spelling",
    [
        "http://a.example/x",
        "https://www.a.example/x/",
        "HTTPS://A.example:443/x?utm_source=feed&utm_medium=rss",
        "https://a.example/x#atom-everything",
    ],
)
def test_links_to_one_item_have_one_spelling(spelling: str) -> None:
    assert canonical(spelling) == "https://a.example/x"


@pytest.mark.parametrize(
    "other", ["https://a.example/x?id=2", "https://a.example/y", "https://a.example/x#2025-08-01"]
)
def test_links_to_different_items_stay_different(other: str) -> None:
    assert canonical(other) != "https://a.example/x"


def test_a_home_page_is_no_item() -> None:
    assert canonical("https://a.example/") == canonical("") == ""


def one(
    pk: int, source: int, link: str = "https://a.example/1", contents: str = "", title: str = "T"
) -> Candidate:
    return Candidate(pk, source, link, contents or str(pk), title, 0, primary=False, settled=False)


def test_the_same_link_through_two_sources_counts_once() -> None:
    assert copies([one(1, 1), one(2, 2), one(3, 3, "https://a.example/2")]) == {2: 1}


def test_the_primary_or_fuller_article_is_the_one_that_counts() -> None:
    assert copies([one(1, 1), replace(one(2, 2), primary=True)]) == {1: 2}
    assert copies([one(1, 1), replace(one(2, 2), size=500)]) == {1: 2}


def test_an_article_in_a_story_is_never_made_a_copy() -> None:
    settled = replace(one(1, 1), settled=True)
    assert copies([settled, replace(one(2, 2), primary=True)]) == {2: 1}
    assert copies([settled, replace(one(2, 2), settled=True)]) == {}


def test_entries_of_one_source_under_one_link_are_no_copies_unless_titled_alike() -> None:
    july, august, mirror = one(1, 1, title="July"), one(2, 1, title="August"), one(3, 2, title="August")
    assert copies([july, august, mirror]) == {3: 2}


def test_equal_substance_counts_once_but_an_equal_phrase_does_not() -> None:
    def named(pk: int, size: int) -> Candidate:
        return Candidate(pk, pk, f"https://a.example/{pk}", "same", "T", size, primary=False, settled=False)

    assert copies([named(1, 900), named(2, 900)]) == {2: 1}
    assert copies([named(1, 20), named(2, 20)]) == {}


def test_copies_of_copies_name_the_one_that_counts() -> None:
    middle = replace(one(2, 2, "https://a.example/1", "x"), size=300)
    last = replace(one(3, 3, "https://a.example/3", "x"), size=300)
    found = copies([one(1, 1), middle, last])
    assert set(found.values()) == {2}
    assert set(found) == {1, 3}
