"""Recorded feeds replayed version by version through the real refresh: union kept, edits counted, churn absorbed."""

from __future__ import annotations

import csv
import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db.models import F
from django.utils import timezone

from ingest.edits import difference
from ingest.look import Refreshed
from ingest.models import Article, Revision, Source, Stage
from ingest.refresh import refresh
from tests.fakes.web_server import WebServer

pytestmark = [pytest.mark.corpus, pytest.mark.django_db]


@dataclass(frozen=True)
class Ending:
    """What must be stored at the end: articles (by the union of `key`), how many of them copies, and edits made.

    `names` counts different keys in all versions together: what exceeds the articles are other names of the same item.
    """

    key: str
    names: int
    articles: int
    edits: int
    copies: int = 0


ENDINGS = {
    "techcrunch": Ending("guid", 292, 292, 3),
    "wired": Ending("guid", 432, 432, 16),
    "xxy-hn": Ending("guid", 337, 337, 2),  # two texts were edited; everything else is points and comments
    "taobojlen-anthropic": Ending("guid", 20, 20, 0),
    "turing-tldr-ai": Ending("guid", 67, 67, 0),
    "anthropic_news_spaced": Ending(
        "guid", 306, 305, 2
    ),  # one page moved from one part of the site to another
    "openai_research_spaced": Ending("link", 198, 198, 98),  # 98 teasers came where there were none
    "the_batch_spaced": Ending("link", 372, 372, 0),  # every guid was made anew once
    "turing-mistral": Ending(
        "link", 81, 81, 1
    ),  # every guid was made anew once, and all teasers but one went away
    "hamel": Ending("title", 23, 26, 4, copies=2),  # one look at a mirror on another host, with three entries
}


@dataclass(frozen=True)
class Version:
    """One recorded answer and what the index says of it."""

    fetched_at: datetime
    body: bytes
    entries: int
    quiet: bool


def versions(folder: Path, series: str) -> list[Version]:
    with (folder / "INDEX.tsv").open(encoding="utf-8", newline="") as table:
        rows = [row for row in csv.DictReader(table, delimiter="\t") if row["series"] == series]
    found: list[Version] = []
    before = False  # whether the version that the index compares with is recorded as well
    for row in rows:
        path = folder / row["file"]
        if path.exists():
            at = datetime.strptime(row["fetched_at"], "%Y-%m-%dT%H%M%SZ").replace(tzinfo=UTC)
            quiet = before and row["added"] == row["changed"] == "0"
            found.append(Version(at, path.read_bytes(), int(row["entries"]), quiet))
        before = path.exists()
    return found


def replay(web: WebServer, recorded: Sequence[Version]) -> list[Refreshed]:
    source = Source.objects.create(url=web.url("/f"), due_at=timezone.now())
    looks = []
    for version in recorded:
        web.put("/f", version.body)
        looks.append(refresh(source.pk, version.fetched_at, force=True))
    return looks


def last_titles(recorded: Sequence[Version], key: str) -> dict[str, str]:
    """The words of the title that each item had when it was last seen, read apart from our parser."""
    found = {}
    for version in recorded:
        for item in re.findall(r"<item>(.*?)</item>", version.body.decode(), re.DOTALL):
            title = words(_inside(item, "title"))
            found[title if key == "title" else _inside(item, key).rstrip("/")] = title
    return found


def _inside(item: str, name: str) -> str:
    found = re.search(rf"<{name}\b[^>]*>(?:<!\[CDATA\[)?(.*?)(?:\]\]>)?</{name}>", item, re.DOTALL)
    return " ".join(html.unescape(found[1]).split()) if found else ""


def words(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


@pytest.mark.parametrize("series", ENDINGS)
def test_it_ends_with_the_union_of_all_versions(web: WebServer, corpus: Path, series: str) -> None:
    ending, recorded = ENDINGS[series], versions(corpus / "series", series)
    looks = replay(web, recorded)
    for version, look in zip(recorded, looks, strict=True):
        if look.outcome == "fetched":
            assert look.new + look.updated + look.unchanged + look.repeated == version.entries
        assert not (version.quiet and look.new + look.updated)
    titles = last_titles(recorded, ending.key)
    assert len(titles) == ending.names
    column = {"guid": "guid", "link": "url", "title": "title"}[ending.key]
    stored = [
        (words(title) if ending.key == "title" else name.rstrip("/"), words(title))
        for name, title in Article.objects.values_list(column, "title")
    ]
    assert dict(stored).items() <= titles.items()
    assert (len(stored), sum(look.updated for look in looks)) == (ending.articles, ending.edits)
    assert Article.objects.filter(stage=Stage.COPY).count() == ending.copies


@pytest.mark.parametrize("series", ["techcrunch", "wired", "xxy-hn", "hamel", "openai_research_spaced"])
def test_every_edit_says_what_it_changed(web: WebServer, corpus: Path, series: str) -> None:
    replay(web, versions(corpus / "series", series))
    assert Revision.objects.count() == ENDINGS[series].edits
    texts = {(one.article_id, one.number): one.text for one in Revision.objects.all()}
    texts |= {(one.pk, one.revision): one.text for one in Article.objects.filter(revision__gt=1)}
    for (article, number), before in texts.items():
        if after := texts.get((article, number + 1)):
            assert difference(before, after), before


def test_a_feed_that_was_empty_for_a_year_lost_nothing_and_came_back(web: WebServer, corpus: Path) -> None:
    looks = replay(web, versions(corpus / "series", "openai_research_spaced"))
    assert [look.outcome for look in looks] == ["fetched"] * 16
    assert [(look.new, look.unchanged + look.updated) for look in looks] == [
        (160, 0),
        *[(0, 0)] * 14,
        (38, 156),
    ]


def test_no_article_is_later_than_its_first_look(web: WebServer, corpus: Path) -> None:
    recorded = versions(corpus / "series", "turing-mistral")
    replay(web, recorded)
    assert not Article.objects.filter(happened_at__gt=F("first_seen")).exists()
    assert set(Article.objects.values_list("first_seen", flat=True)) <= {one.fetched_at for one in recorded}
