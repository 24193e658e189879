"""The main job on recorded feeds: weeks of teasers that several sources tell, and whole articles behind teasers."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.web_server import WebServer
from tests.processes import Instance, state_directory

pytestmark = [pytest.mark.processes, pytest.mark.corpus]


@pytest.fixture(scope="module")
def weeks(corpus: Path) -> Iterator[Instance]:
    """Five weeks of 2025 as sixteen feeds, read."""
    with state_directory() as var, WebServer() as web:
        instance = Instance(var, {"NUTGRAF_FETCH_ALLOW": "127.0.0.0/8"})
        feeds = [
            web.put(f"/{path.name}", path.read_bytes())
            for path in sorted((corpus / "feeds/w2025").glob("*.xml"))
        ]
        assert instance.manage("sources", "add", *feeds).returncode == 0
        read = instance.json("ingest", "--all")
        assert (read["fetched"], read["failed"], read["articles_new"]) == (16, [], 1039)
        yield instance


@pytest.mark.parametrize(("words", "origins"), [("gpt-5", 3), ("gpt-oss", 3), ("action plan", 2)])
def test_a_great_event_is_one_story_of_several_sources(weeks: Instance, words: str, origins: int) -> None:
    stories = weeks.json("stories", "--limit", "10")
    told = [
        one for one in stories if sum(words in article["title"].lower() for article in one["articles"]) >= 2
    ]
    assert len(told) == 1
    assert told[0]["origins"] >= origins
    assert min(article["published_at"] for article in told[0]["articles"]) >= "2025-07-2"


def test_three_briefs_as_the_news_stood_quote_their_articles_exactly(weeks: Instance) -> None:
    asked = ("--role", "product manager", "--industry", "healthcare", "--date", "2025-08-08", "--top", "3")
    documents = weeks.json("brief", *asked)
    assert len(documents) == 3
    texts = _texts(weeks)
    for document in documents:
        assert document["writer"] == "extractive"
        assert len(document["sections"]) <= 3  # thin sources give short briefs
        said = [sentence["text"] for sentence in _sentences(document)]
        assert len(set(said)) == len(said)
        for citation in (c for sentence in _sentences(document) for c in sentence["citations"]):
            text, day = texts[citation["article"]]
            assert text[citation["start"] : citation["end"]] == citation["quote"]
            assert day <= "2025-08-08"


def test_whole_articles_behind_teasers_make_briefs_of_the_full_shape(corpus: Path) -> None:
    folder = corpus / "fulltext"
    with state_directory() as var, WebServer() as web:
        instance = Instance(var, {"NUTGRAF_FETCH_ALLOW": "127.0.0.0/8"})
        for page in (folder / "pages").glob("*.html"):
            web.put(f"/pages/{page.name}", page.read_bytes(), content_type="text/html; charset=utf-8")
        feeds = [
            web.put(f"/feeds/{path.name}", path.read_bytes()) for path in sorted((folder / "feeds").iterdir())
        ]
        opml = var / "feeds.opml"
        outlines = "".join(f'<outline type="rss" xmlUrl="{url}"/>' for url in feeds)
        opml.write_text(f'<opml version="2.0"><body>{outlines}</body></opml>')
        assert instance.manage("sources", "import", str(opml), "--any-topic").returncode == 0
        assert instance.json("ingest", "--all")["articles_new"] == 172
        together = _together(folder / "events.tsv", instance.json("stories"))
        assert len(together) >= 15
        sections = []
        for story in together[:12]:
            (document,) = instance.json("brief", "--role", "ceo", "--industry", "media", "--story", story)
            assert document["lead"]
            assert len(document["takeaways"]) >= 2
            sections.append(len(document["sections"]))
            assert document["verification"]["supported"] == document["verification"]["sentences"] >= 8
        # Nothing is padded: where the sources hold little, a story stays short.
        assert min(sections) >= 1
        assert sum(count >= 5 for count in sections) >= 0.75 * len(sections), sections


def _together(events: Path, stories: list[dict[str, Any]]) -> list[str]:
    """Stories that hold two or more articles of one recorded event."""
    event_of = {}
    with events.open(encoding="utf-8", newline="") as table:
        for row in csv.DictReader(table, delimiter="\t"):
            event_of[row["article"]] = row["event"]
    found = []
    for story in stories:
        members: dict[str, int] = defaultdict(int)
        for article in story["articles"]:
            members[event_of.get(Path(article["url"]).stem, "")] += 1
        if any(number >= 2 for event, number in members.items() if event):
            found.append(story["id"])
    return found


def _texts(instance: Instance) -> dict[int, tuple[str, str]]:
    code = (
        "import json; from ingest.models import Article; "
        "print(json.dumps({a.pk: [a.text, str(a.happened_at.date())] for a in Article.objects.all()}))"
    )
    done = instance.manage("shell", "-v", "0", "-c", code)
    assert done.returncode == 0, done.stderr
    return {int(key): (text, day) for key, (text, day) in json.loads(done.stdout).items()}


def _sentences(document: dict[str, Any]) -> list[dict[str, Any]]:
    runs = [
        [document["headline"]],
        *(document[name] for name in ("takeaways", "lead", "catch", "bottom_line")),
    ]
    return [s for run in [*runs, *(section["answer"] for section in document["sections"])] for s in run]
