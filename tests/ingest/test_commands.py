"""`manage.py ingest` and `manage.py sources`, as users and scripts see them."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from ingest import catalogue
from ingest.models import Article, Source, Stage, Story
from tests.fakes.recorded import serve
from tests.fakes.web_server import WebServer, item, rss

pytestmark = pytest.mark.django_db
KEYS = """sources fetched not_modified failed articles_new articles_updated duplicates off_topic stories_new
stories_updated seconds"""


def run(*arguments: str) -> tuple[str, int]:
    """What a command prints on stdout, and its exit status."""
    out = StringIO()
    try:
        call_command(*arguments, stdout=out, stderr=StringIO())
    except SystemExit as end:
        return out.getvalue(), int(str(end.code))
    except CommandError as error:
        return str(error), error.returncode
    return out.getvalue(), 0


def ingest(*arguments: str) -> tuple[dict[str, Any], int]:
    text, status = run("ingest", *arguments, "--json")
    return json.loads(text), status


def test_it_reports_in_the_shape_of_the_contract(web: WebServer) -> None:
    run("sources", "add", web.put("/f", rss(item("OpenAI releases GPT-5", guid="1"))))
    report, status = ingest("--all")
    assert (list(report), status) == (KEYS.split(), 0)
    assert (report["sources"], report["fetched"], report["articles_new"], report["stories_new"]) == (
        1,
        1,
        1,
        1,
    )


def test_it_ends_with_one_when_a_feed_fails_and_names_it(web: WebServer) -> None:
    bad, good = web.url("/none"), web.put("/f", rss(item("OpenAI releases GPT-5", guid="1")))
    run("sources", "add", bad, good)
    report, status = ingest()
    assert status == 1
    assert report["failed"] == [{"url": bad, "error": "there is nothing at this address (404)"}]
    assert report["articles_new"] == 1


def test_an_entry_that_is_no_article_is_named_and_is_no_failure(web: WebServer) -> None:
    url = web.put("/f", rss(item("OpenAI releases GPT-5", guid="1"), "<item><pubDate>x</pubDate></item>"))
    run("sources", "add", url)
    report, status = ingest()
    assert (status, report["articles_new"]) == (0, 1)
    assert report["failed"] == [{"url": url, "error": "entry 2 has neither a title nor text"}]


def test_it_looks_only_at_what_is_due_unless_told(web: WebServer) -> None:
    url = web.put("/f", rss(item("OpenAI releases GPT-5", guid="1")))
    run("sources", "add", url)
    assert ingest()[0]["sources"] == 1
    assert ingest()[0]["sources"] == 0
    assert ingest("--source", url)[0]["not_modified"] == 1
    assert ingest("--all")[0]["not_modified"] == 1


def test_it_refuses_a_source_it_does_not_know(web: WebServer) -> None:
    url = web.put("/f", rss())
    run("sources", "add", url)
    words, status = run("ingest", "--source", "https://nobody.example/feed")
    assert status == 2
    assert url in words
    Source.objects.bulk_create(Source(url=f"https://a.example/{number}") for number in range(200))
    words, _ = run("ingest", "--source", "https://nobody.example/feed")
    assert len(words.splitlines()) < 20
    assert "191 more" in words


def test_it_speaks_plainly_without_json(web: WebServer) -> None:
    run("sources", "add", web.put("/f", rss(item("OpenAI releases GPT-5", guid="1"))))
    assert "articles new: 1" in run("ingest", "--all")[0]


def test_sources_come_in_once_and_bad_ones_are_refused() -> None:
    words, status = run(
        "sources", "add", "https://a.example/f", "https://a.example/f", "javascript:1", "--json"
    )
    assert status == 1
    assert json.loads(words)["added"] == ["https://a.example/f"]
    assert json.loads(words)["refused"][0]["url"] == "javascript:1"
    assert "0 sources added, 1 was there" in run("sources", "add", "https://a.example/f")[0]


def test_sources_go_out_and_come_in_as_opml(tmp_path: Path) -> None:
    Source.objects.create(url="https://a.example/f?x=1&y=2")
    Source.objects.create(
        url="https://b.example/f", title='B "and" <C>', site_url="https://b.example/", kind="policy"
    )
    (tmp_path / "feeds.opml").write_text(run("sources", "export")[0])
    Source.objects.all().delete()
    assert run("sources", "import", str(tmp_path / "feeds.opml"), "--any-topic")[1] == 0
    assert set(Source.objects.values_list("url", "title", "kind", "any_topic")) == {
        ("https://a.example/f?x=1&y=2", "", "newsroom", True),
        ("https://b.example/f", 'B "and" <C>', "policy", True),
    }
    once = run("sources", "export")[0]
    (tmp_path / "feeds.opml").write_text(once)
    assert "0 sources added, 2 were there" in run("sources", "import", str(tmp_path / "feeds.opml"))[0]
    assert run("sources", "export")[0] == once


def test_folders_named_like_kinds_give_their_feeds_that_kind(tmp_path: Path) -> None:
    feed = '<outline type="rss" text="T" xmlUrl="https://{0}.example/f"/>'
    folders = (("AI > Labs", "a"), ("Policy", "b"), ("My reading", "c"))
    body = "".join(f'<outline text="{name}">{feed.format(host)}</outline>' for name, host in folders[1:])
    body += f'<outline text="AI"><outline text="Labs">{feed.format("a")}</outline></outline>'
    (tmp_path / "f.opml").write_text(f'<opml version="2.0"><body>{body}</body></opml>')
    run("sources", "import", str(tmp_path / "f.opml"))
    assert dict(Source.objects.values_list("url", "kind")) == {
        "https://a.example/f": "lab",
        "https://b.example/f": "policy",
        "https://c.example/f": "newsroom",
    }


@pytest.mark.parametrize(
    "text", ["", "<html></html>", "not xml", "<?xml version='1.0'?><opml><body/></opml>"]
)
def test_a_file_that_lists_no_feeds_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "feeds.opml").write_text(text)
    words, status = run("sources", "import", str(tmp_path / "feeds.opml"))
    assert (status, Source.objects.count()) == (1, 0)
    assert "feeds.opml" in words


def test_a_file_that_is_not_there_is_bad_usage() -> None:
    assert run("sources", "import", "/nowhere/feeds.opml")[1] == 2


def test_an_address_too_long_to_be_stored_is_refused() -> None:
    random = Random(1)
    url = "https://a.example/" + "".join(chr(random.randrange(0x4E00, 0x9C00)) for _ in range(1900))
    words, status = run("sources", "add", url, "--json")
    assert (status, Source.objects.count()) == (1, 0)
    assert "longer than" in json.loads(words)["refused"][0]["error"]


def test_a_huge_list_is_refused_before_it_is_stored(tmp_path: Path) -> None:
    lines = "".join(f'<outline type="rss" xmlUrl="https://a.example/{n}"/>' for n in range(6000))
    (tmp_path / "f.opml").write_text(f'<opml version="2.0"><body>{lines}</body></opml>')
    words, status = run("sources", "import", str(tmp_path / "f.opml"))
    assert (status, Source.objects.count()) == (1, 0)
    assert "6000" in words


def test_check_tells_which_feeds_answer_and_keeps_nothing(web: WebServer) -> None:
    bad, good = web.put("/bad", "<html>Sign in</html>"), web.put("/f", rss(item("A"), title="The A"))
    Source.objects.create(url=bad)
    Source.objects.create(url=good)
    before = list(Source.objects.order_by("pk").values())
    words, status = run("sources", "check", "--json")
    assert status == 1
    well, failed = json.loads(words)
    assert (well["url"], well["answers"], well["format"], well["entries"]) == (good, True, "RSS 2.0", 1)
    assert (failed["url"], failed["error"]) == (bad, "this is an HTML page, not a feed")
    table, status = run("sources", "check")
    assert status == 1
    assert [line.split()[0] for line in table.splitlines()] == ["well", "failed"]
    assert "The A" in table
    assert list(Source.objects.order_by("pk").values()) == before
    assert not Article.objects.exists()


def test_check_looks_at_any_one_address(web: WebServer) -> None:
    assert run("sources", "check", web.put("/f", rss(item("A"))))[1] == 0
    words, status = run("sources", "check", web.url("/none"))
    assert status == 1
    assert "there is nothing at this address (404)" in words


def test_check_names_permanent_moves(web: WebServer) -> None:
    new = web.put("/new", rss(item("A")))
    assert f"(moved to {new})" in run("sources", "check", web.redirect("/old", new, 301))[0]


def test_list_tells_health_and_what_needs_attention(web: WebServer) -> None:
    run("sources", "add", web.put("/f", rss(item("OpenAI releases GPT-5"))), web.url("/none"))
    ingest("--all")
    assert "failing (1)" in run("sources", "list")[0]
    assert run("sources", "list", "--attention")[0] == "no source needs attention\n"
    Source.objects.filter(failures=1).update(created_at=timezone.now() - timedelta(days=3))
    words, _ = run("sources", "list", "--attention", "--json")
    (told,) = json.loads(words)
    assert told["url"] == web.url("/none")
    assert told["attention"] == "never read yet, 1 failure: there is nothing at this address (404)"


def test_the_catalogue_comes_in_once() -> None:
    assert catalogue.load() == Source.objects.count() > 50
    assert catalogue.load() == 0


def test_the_sample_goes_through_the_same_pipeline() -> None:
    catalogue.load_sample()
    report, status = ingest("--all")
    assert (status, report["failed"]) == (0, [])
    assert Story.objects.filter(sample=True).count() >= 5
    assert not Story.objects.filter(sample=False).exists()


def accounted(report: dict[str, Any]) -> int:
    return (
        int(report["articles_new"])
        + int(report["duplicates"])
        - Article.objects.filter(stage=Stage.COPY).count()
    )


@pytest.mark.corpus
def test_the_feeds_of_august_2025_are_all_read_and_read_once(web: WebServer, corpus: Path) -> None:
    run("sources", "add", *serve(web, corpus / "feeds" / "2025-08"))
    report, status = ingest("--all")
    assert (status, report["sources"], report["fetched"], report["failed"]) == (0, 22, 22, [])
    assert accounted(report) == 2503
    at_rest = Article.objects.filter(stage__in=(Stage.PLACED, Stage.OFF_TOPIC, Stage.COPY)).count()
    assert at_rest == Article.objects.count() == report["articles_new"]
    before = list(Article.objects.order_by("pk").values_list("pk", "stage", "revision", "story", "text"))
    again, _ = ingest("--all")
    assert (again["not_modified"], again["fetched"]) == (22, 0)
    changed = (
        "articles_new",
        "articles_updated",
        "duplicates",
        "off_topic",
        "stories_new",
        "stories_updated",
    )
    assert [again[name] for name in changed] == [0] * 6
    assert (
        list(Article.objects.order_by("pk").values_list("pk", "stage", "revision", "story", "text")) == before
    )


@pytest.mark.corpus
def test_pages_are_read_without_their_furniture(web: WebServer, corpus: Path) -> None:
    feeds = serve(web, corpus / "fulltext")
    run("sources", "add", *feeds, "--any-topic")
    report, status = ingest("--all")
    assert (status, report["fetched"], report["articles_new"]) == (0, len(feeds), 172)
    articles = list(Article.objects.all())
    assert sum(one.text_from_page for one in articles) >= 165
    furniture = ("Subscribe now", "This article is more than", "ADVERTISEMENT\n", "Read or Share this story")
    assert not [one.title for one in articles for words in furniture if words in one.text]
