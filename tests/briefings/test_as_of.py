"""The news as it stood on a day: told from the texts of that day, cited where they stood, whatever was edited since."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.management import call_command

from briefings import compose, read
from briefings.models import Brief, State
from briefings.schemas import Sentence
from ingest import changed, stories
from ingest.models import Article, Revision, Source, Stage
from ingest.run import ingest
from tests.fakes.newspaper import Report, reports
from tests.fakes.web_server import WebServer, item, rss
from tests.ingest.conftest import web

__all__ = ["web"]
pytestmark = pytest.mark.django_db
PUBLISHED, EDITED = datetime(2025, 9, 6, 8, tzinfo=UTC), datetime(2025, 9, 7, 8, tzinfo=UTC)
FIRST = reports("docket")[0]
SECOND = Report(FIRST.title.replace("1.5", "1.7"), FIRST.body.replace("$1.5 billion", "$1.7 billion"))


@pytest.fixture
def edited(web: WebServer) -> None:
    """An article of 6 September whose sum the paper corrected, in title and text, on the 7th."""
    source = Source.objects.create(url=web.url("/f"), title="Docket", any_topic=True)
    for report, now in ((FIRST, PUBLISHED), (SECOND, EDITED)):
        web.put(
            "/f", rss(item(report.title, text=report.body, guid="g", date="Sat, 06 Sep 2025 07:30:00 GMT"))
        )
        ingest([source.pk], now, True, lambda words: None)


def brief(day: str, *more: str) -> dict[str, Any]:
    out = io.StringIO()
    asked = ("--role", "cto", "--industry", "finance", "--date", day, "--json", *more)
    call_command("brief", *asked, stdout=out, skip_checks=True)
    (document,) = json.loads(out.getvalue())
    found: dict[str, Any] = document
    return found


def sentences(document: dict[str, Any]) -> Iterator[Sentence]:
    runs = [
        [document["headline"]],
        *(document[part] for part in ("takeaways", "lead", "catch", "bottom_line")),
    ]
    runs += [section["answer"] for section in document["sections"]] + [document["lens"]["why_it_matters"]]
    yield from (Sentence.model_validate(one) for run in runs for one in run)


@pytest.mark.usefixtures("edited")
def test_it_tells_a_day_by_the_texts_of_that_day() -> None:
    before, after = brief("2025-09-06"), brief("2025-09-07")
    for document, right, wrong in (
        (before, "$1.5 billion", "$1.7 billion"),
        (after, "$1.7 billion", "$1.5 billion"),
    ):
        told = json.dumps(document)
        assert right in told
        assert wrong not in told
        assert right in document["headline"]["text"]
        assert right in document["sources"][0]["title"]
    assert before["story"]["id"] == after["story"]["id"]
    assert before["id"] != after["id"]
    assert brief("2025-09-06")["id"] == before["id"]


@pytest.mark.usefixtures("edited")
@pytest.mark.parametrize("day", ["2025-09-06", "2025-09-07"])
def test_its_citations_go_on_resolving(day: str) -> None:
    document = brief(day)
    row = Brief.objects.get(pk=document["id"])
    cited = read.cited(dict(row.articles), [pk for pk, _ in row.articles])
    quotes = [quote for one in sentences(document) for quote in one.citations]
    assert len(quotes) > 5
    for quote in quotes:
        text = cited[quote.article].text
        assert text is not None
        assert text[quote.start : quote.end] == quote.quote
    assert {one.title for one in cited.values()} == {one["title"] for one in document["sources"]}


@pytest.mark.usefixtures("edited")
def test_visitors_see_the_story_as_it_stands_whatever_day_was_asked_for_last() -> None:
    now, earlier = brief("2025-09-07"), brief("2025-09-06")
    assert earlier["version"] > now["version"]
    shown = read.showcase()
    assert shown is not None
    assert "$1.7 billion" in shown.document.headline.text


@pytest.mark.usefixtures("edited")
def test_a_brief_of_an_earlier_text_can_be_written_by_another_worker() -> None:
    story = Article.objects.get().story_id
    row = compose.brief_for(compose.material_of(story, PUBLISHED))
    written = compose.write_brief(row.pk)
    assert written is not None
    assert (written.state, written.articles) == (State.READY, [[Article.objects.get().pk, 1]])


@pytest.mark.usefixtures("edited")
def test_a_brief_is_written_while_its_article_is_being_read_anew() -> None:
    (story,) = Article.objects.values_list("story", flat=True)
    row = compose.brief_for(compose.material_of(str(story)))
    Article.objects.update(stage=Stage.NEW)
    written = compose.write_brief(row.pk)
    assert written is not None
    assert written.state == State.READY


@pytest.mark.usefixtures("edited")
def test_the_list_of_a_day_names_its_stories_as_they_were() -> None:
    day = EDITED - PUBLISHED
    (then,) = stories.candidates(datetime(2025, 9, 7, 0, tzinfo=UTC), day)
    (now,) = stories.candidates(datetime(2025, 9, 8, tzinfo=UTC), 2 * day)
    assert (then.title, now.title) == (FIRST.title, SECOND.title)


@pytest.mark.usefixtures("edited")
def test_an_edit_says_which_passages_it_altered() -> None:
    article = Article.objects.get()
    found = changed.since({article.pk: 1})[article.pk].difference
    assert (found.added, found.removed) == ((), ())
    before = stories.material(article.story_id, PUBLISHED)
    assert before is not None
    for old, new in found.altered:
        assert "$1.5 billion" in before.articles[0].passage(old)
        assert article.text.count("$1.7 billion") >= 1
        assert old == new
    assert str(found).startswith("title altered, ")
    assert changed.since({article.pk: 2}) == changed.since({article.pk: 7}) == {}
    assert Revision.objects.get().replaced_at == EDITED
