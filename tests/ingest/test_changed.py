"""What an article says now, held against what it said before; and whether its source has withdrawn it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ingest import changed, revisions, stories
from ingest.changed import texts_now
from ingest.models import Article, PageRetry, Revision, Source, Stage
from ingest.plain import BREAK
from ingest.run import ingest
from ingest.withdrawn import is_note, is_withdrawn, says_withdrawn
from tests.fakes.newspaper import announced, reports
from tests.fakes.web_server import WebServer, item, rss

NOW = datetime(2025, 9, 6, 8, tzinfo=UTC)
LATER = NOW + timedelta(hours=3)
LONG = BREAK.join(
    ["OpenAI opens two models", *(f"Paragraph {n} has a few words to say of them." for n in range(9))]
)
TEASER = BREAK.join(["OpenAI opens two models", "The larger one runs on a single graphics card …"])


@pytest.mark.parametrize(
    "now",
    [
        "Withdrawn: OpenAI opens two models",
        "[Retracted] OpenAI opens two models",
        "RETRACTION – OpenAI opens two models",
        f"OpenAI opens two models{BREAK}This article has been withdrawn.",
        f"OpenAI opens two models{BREAK}Editor’s note, 8 August: This story has been retracted because it was wrong.",
        f"OpenAI opens two models{BREAK}We have removed this post.",
        f"OpenAI opens two models{BREAK}The authors have withdrawn this paper.",
        f"OpenAI opens two models{BREAK}A{BREAK}B{BREAK}C{BREAK}D{BREAK}Update: The article was retracted on Friday.",
    ],
)
def test_a_source_withdraws_in_its_own_words(now: str) -> None:
    assert is_withdrawn(LONG, now)
    assert not is_withdrawn(now, now), "what it said from the start is what it reports"


@pytest.mark.parametrize(
    "now",
    [
        "Retraction Watch opens its database",
        "Withdrawn offers haunt OpenAI",
        f"Nature retracts a paper{BREAK}The journal said on Friday that the paper on chips has been retracted.",
        f"OpenAI opens two models{BREAK}The model was withdrawn from the market in May.",
        f"OpenAI opens two models{BREAK}A{BREAK}B{BREAK}C{BREAK}This article has been withdrawn.{BREAK}E{BREAK}F",
        f"OpenAI opens two models{BREAK}This article has been corrected.",
        "Removed from service: a chatbot",
    ],
)
def test_news_of_other_peoples_withdrawals_is_none(now: str) -> None:
    assert not is_withdrawn(LONG, now)


@pytest.mark.parametrize(
    ("passage", "note"),
    [
        ("Correction: an earlier version of this story said 1.5 billion.", True),
        ("Correction (8 August): the sum is 1.7 billion.", True),
        ("An earlier version of this article misstated the sum.", True),
        ("Editor's note: this article was amended on Friday.", True),
        ("This story has been updated with the company's answer.", True),
        ("Corrections officers use the system in three prisons.", False),
        ("Prices corrected on Friday, and shares fell 3 percent.", False),
        ("The original version of the model had 20 billion parameters.", False),
    ],
)
def test_it_knows_the_note_of_a_correction(passage: str, note: bool) -> None:
    assert is_note(passage) is note


class TestTextsNow:
    """Like is compared with like: what we merely do not see was not taken back."""

    def test_a_page_that_was_read_again_is_all_it_says(self) -> None:
        assert texts_now(LONG, True, LONG + " More.", TEASER, partial=False) == (LONG + " More.",)

    def test_a_teaser_in_place_of_the_page_tells_the_title_only(self) -> None:
        teaser = TEASER.replace("two", "three")
        (text,) = texts_now(LONG, True, teaser, "", partial=True)
        assert text == LONG.replace("opens two", "opens three")
        assert texts_now(LONG, None, teaser, "", partial=True) == (text,), "of old revisions nobody knows"

    def test_a_teaser_after_a_teaser_is_an_edit(self) -> None:
        edited = TEASER.replace("single", "double")
        assert texts_now(TEASER, False, edited, "", partial=True) == (edited,)

    def test_a_page_that_comes_later_takes_back_nothing_that_the_feed_said(self) -> None:
        assert texts_now(TEASER, False, LONG, TEASER, partial=False) == (LONG, TEASER)

    def test_half_of_a_text_tells_the_title_only(self) -> None:
        """As behind a wall that lets the first paragraph through."""
        opening = BREAK.join(LONG.split(BREAK)[:3]).replace("two models", "2 models")
        for page in (True, False, None):
            assert texts_now(LONG, page, opening, "", partial=False) == (
                LONG.replace("two models", "2 models"),
            )


@pytest.mark.django_db
class TestSince:
    def test_an_edit_of_the_page_is_known_once_it_was_read(self, web: WebServer) -> None:
        report = reports("docket")[0]
        source = Source.objects.create(url=web.url("/f"), title="Docket", any_topic=True)
        link = web.put("/a", report.page, content_type="text/html")
        web.put("/f", announced(report, link))
        ingest([source.pk], NOW, True, lambda words: None)
        article = Article.objects.get()
        assert article.text_from_page
        web.put("/a", report.page.replace("$1.5 billion", "$1.7 billion"), content_type="text/html")
        web.put("/f", announced(report, link).replace("$1.5 billion", "$1.7 billion"))
        later = NOW + timedelta(hours=3)
        ingest([source.pk], later, True, lambda words: None)
        one = changed.since({article.pk: 1})[article.pk]
        assert (one.then.revision, one.revision, one.at) == (1, 2, later)
        assert "$1.5 billion" in one.then.text
        assert "$1.7 billion" in one.now[0].text
        assert len(one.now) == 1
        assert Revision.objects.get().from_page is True

    def test_a_page_that_cannot_be_read_again_takes_nothing_back(self, web: WebServer) -> None:
        report = reports("docket")[0]
        source = Source.objects.create(url=web.url("/f"), title="Docket", any_topic=True)
        link = web.put("/a", report.page, content_type="text/html")
        web.put("/f", announced(report, link))
        ingest([source.pk], NOW, True, lambda words: None)
        (key,) = Article.objects.values_list("pk", flat=True)
        for status in (404, 410, 503):
            web.put("/a", "away", status=status, content_type="text/html")
            web.put("/f", announced(report, link).replace("pirated", f"{status} pirated"))
            ingest([source.pk], NOW + timedelta(hours=status), True, lambda words: None)
            one = changed.since({key: 1})[key]
            assert not one.withdrawn
            assert one.now[0].text.split(BREAK)[1:] == one.then.text.split(BREAK)[1:]
            assert str(status) in one.now[0].title
        assert PageRetry.objects.count() == 1, "a server in trouble is asked again"

    def test_an_article_that_is_gone_is_left_out(self, web: WebServer) -> None:
        assert changed.since({7: 1}) == {}
        assert revisions.now([7]) == {}

    def test_what_only_the_feed_takes_back_tells_its_story_no_longer_either(self, web: WebServer) -> None:
        report = reports("docket")[0]
        source = Source.objects.create(url=web.url("/f"), title="Docket", any_topic=True)
        link = web.put("/a", report.page, content_type="text/html")
        dated = "Sat, 06 Sep 2025 07:30:00 GMT"
        for told, now in (("A judge has to agree.", NOW), ("This article has been withdrawn.", LATER)):
            web.put("/f", rss(item(report.title, text=told, guid="g", link=link, date=dated)))
            ingest([source.pk], now, True, lambda words: None)
        article = Article.objects.get()
        assert article.text_from_page
        assert not says_withdrawn(article.text), "its page says nothing of it"
        assert changed.since({article.pk: 1})[article.pk].withdrawn
        story = str(article.story_id)
        assert stories.material(story) is None
        assert stories.material(story, NOW + timedelta(hours=1)) is not None
        assert stories.recorded(story, {article.pk: 1}) is not None

    def test_a_withdrawn_article_tells_its_story_no_longer_but_told_it_then(self, web: WebServer) -> None:
        report = reports("docket")[0]
        source = Source.objects.create(url=web.url("/f"), title="Docket", any_topic=True)
        for title, now in ((report.title, NOW), (f"Withdrawn: {report.title}", NOW + timedelta(hours=3))):
            web.put("/f", rss(item(title, text=report.body, guid="g", date="Sat, 06 Sep 2025 07:30:00 GMT")))
            ingest([source.pk], now, True, lambda words: None)
        article = Article.objects.get()
        assert article.stage == Stage.PLACED
        assert changed.since({article.pk: 1})[article.pk].withdrawn
        story = str(article.story_id)
        assert stories.material(story) is None
        assert stories.material(story, NOW + timedelta(hours=1)) is not None
        assert stories.recorded(story, {article.pk: 1}) is not None
