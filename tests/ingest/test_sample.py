"""The bundled sample edition: honest about what it is, long enough for whole briefs, and clean enough to quote."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.utils import timezone

from ingest import catalogue, parse, run
from ingest.models import Story
from ingest.parse import ParsedFeed, ParsedItem
from tests.ingest.tables import COLUMNS, records

SAMPLE = Path(__file__).resolve().parents[2] / "ingest" / "sample"
SOURCES = records(SAMPLE / "sources.tsv")
# Each event with a word that all of its headlines and nobody else's share, and how many publishers cover it.
EVENTS = {
    r"GPT-5": 3,
    r"gpt-oss": 3,
    r"DeepSeek": 3,
    r"Stargate": 2,
    r"EU AI Act": 2,
    r"AI Action Plan": 2,
    r"\$4 trillion": 2,
    r"Anthropic": 2,
}
# A sentence that opens like this cannot be quoted away from its neighbours.
DANGLING = re.compile(
    r"(?:He|She|It|They|This|These|Those|That|His|Her|Its|Their|But|And|So|Such|All of|Each|Both)\b"
)


def feed(name: str) -> ParsedFeed:
    path = SAMPLE / f"{name}.xml"
    return parse.parse_feed(path.read_bytes(), f"sample:{name}", "application/xml")


@pytest.fixture(scope="module")
def feeds() -> dict[str, ParsedFeed]:
    return {row["feed_url"]: feed(row["feed_url"].removeprefix("sample:")) for row in SOURCES}


@pytest.fixture(scope="module")
def items(feeds: dict[str, ParsedFeed]) -> list[ParsedItem]:
    return [item for one in feeds.values() for item in one.items]


def test_it_lists_every_bundled_feed_once() -> None:
    assert tuple(SOURCES[0]) == COLUMNS
    assert sorted(row["feed_url"] for row in SOURCES) == sorted(
        f"sample:{path.stem}" for path in SAMPLE.glob("*.xml")
    )


def test_it_says_on_every_publisher_that_it_is_bundled(feeds: dict[str, ParsedFeed]) -> None:
    titles = {row["feed_url"]: row["title"] for row in SOURCES}
    for url, one in feeds.items():
        assert one.title == titles[url]
        assert one.title.startswith("Sample ")
        described = (SAMPLE / f"{url.removeprefix('sample:')}.xml").read_text(encoding="utf-8")
        assert (
            described.count("Bundled with Nutgraf.") == 2
        )  # for whoever opens the file, and in the feed itself
    assert {row["primary"] for row in SOURCES} == {"no"}


def test_it_links_nowhere_real_and_gives_each_item_its_own_identity(items: list[ParsedItem]) -> None:
    assert len({item.guid for item in items}) == len({item.url for item in items}) == len(items)
    assert all(".sample.nutgraf.invalid/" in item.url for item in items)


def test_it_carries_whole_articles_with_times(items: list[ParsedItem]) -> None:
    assert len(items) >= 14
    for item in items:
        words = sum(len(paragraph.split()) for paragraph in item.paragraphs)
        assert 350 <= words <= 700, item.title
        assert len(item.paragraphs) >= 7, item.title
        assert item.published is not None, item.title
        assert item.published.year == 2025, item.title


def test_it_covers_each_event_by_several_publishers(feeds: dict[str, ParsedFeed]) -> None:
    for word, publishers in EVENTS.items():
        about = [url for url, one in feeds.items() if any(re.search(word, item.title) for item in one.items)]
        assert len(about) == publishers, word


@pytest.mark.django_db(transaction=True)
def test_it_passes_the_whole_pipeline_and_falls_into_exactly_these_events() -> None:
    catalogue.load_sample()
    done = run.report(run.ingest(run.due_sources(), timezone.now(), force=False, say=lambda line: None))
    assert (done["failed"], done["off_topic"], done["duplicates"]) == ([], 0, 0)
    stories = [
        {article.title for article in story.articles.all()} for story in Story.objects.filter(sample=True)
    ]
    titles = set().union(*stories)
    assert len(titles) == done["articles_new"]
    assert len(stories) == len(EVENTS)
    for word in EVENTS:
        assert {title for title in titles if re.search(word, title)} in stories, word


def test_it_writes_sentences_that_stand_alone(items: list[ParsedItem]) -> None:
    for item in items:
        for paragraph in item.paragraphs:
            for sentence in re.split(r"(?<=[.!?])\"? (?=[A-Z])", paragraph):
                assert not DANGLING.match(sentence), sentence
                assert sentence.rstrip('"').endswith((".", "?")), sentence


def test_it_repeats_no_paragraph(items: list[ParsedItem]) -> None:
    paragraphs = [paragraph for item in items for paragraph in item.paragraphs]
    assert len(set(paragraphs)) == len(paragraphs)
