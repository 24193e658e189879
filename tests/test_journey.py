"""The whole way with real processes: feeds become stories, briefs, an edition on a page, a mail, JSON and ledger rows.

Only the outside doors are faked: feeds, mail and model are small servers on loopback.
"""

from __future__ import annotations

import http.cookiejar
import json
import re
import urllib.parse
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.mail_server import MailServer, mail_server
from tests.fakes.web_server import WebServer
from tests.processes import PROJECT, Instance, Running, noon, wait_for

pytestmark = pytest.mark.processes
CODE = re.compile(r"^\s*([A-Z0-9]{4,8}(?:-[A-Z0-9]{3,8})?)\s*$", re.MULTILINE)


def _of_today(feed: str) -> str:
    """The feed with every date some hours ago: an archive is not today's news."""
    ago = datetime.now(UTC) - timedelta(hours=5)
    feed = re.sub(r"<pubDate>[^<]+", f"<pubDate>{format_datetime(ago)}", feed)
    return re.sub(r"<(published|updated)>[^<]+", rf"<\1>{ago.isoformat()}", feed)


class Browser:
    """As much of a browser as forms need: cookies, hidden fields, redirects."""

    def __init__(self, url: str) -> None:
        self.url = url
        jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))

    def get(self, path: str) -> str:
        with self.opener.open(urllib.parse.urljoin(self.url, path), timeout=20) as answer:
            self.at = answer.url
            return str(answer.read().decode())

    def post(self, path: str, **fields: str | list[str]) -> str:
        page = self.get(path)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token, f"no form at {path}"
        body = urllib.parse.urlencode({**fields, "csrfmiddlewaretoken": token[1]}, doseq=True).encode()
        request = urllib.request.Request(self.at, body, {"Referer": self.at})
        with self.opener.open(request, timeout=20) as answer:
            self.at = answer.url
            return str(answer.read().decode())


@pytest.fixture(scope="module")
def mail() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture(scope="module")
def web() -> Iterator[WebServer]:
    with WebServer() as server:
        yield server


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, mail: MailServer, web: WebServer) -> Iterator[Running]:
    instance = Instance(
        tmp_path_factory.mktemp("var"),
        {"NUTGRAF_FETCH_ALLOW": "127.0.0.0/8", "EMAIL_URL": mail.url},
    )
    feeds = [
        web.put(f"/{path.name}", _of_today(path.read_text()))
        for path in sorted((PROJECT / "ingest" / "sample").glob("*.xml"))
    ]
    added = instance.manage("sources", "add", *feeds)
    assert added.returncode == 0, added.stderr
    with instance.up("--no-sample", "--no-catalogue") as running:
        yield running


@pytest.fixture(scope="module")
def ada(running: Running, mail: MailServer) -> Browser:
    """Ada the CTO in finance signs up with an emailed code and tells who she is."""
    browser = Browser(running.url)
    browser.post("/accounts/login/", email="ada@bank.example")
    letter = wait_for(lambda: mail.accepted and mail.accepted[-1], 20, "the code")
    body = letter.get_body(("plain",))
    assert body is not None
    code = CODE.search(body.get_content())
    assert code, body.get_content()
    browser.post("/accounts/login/code/confirm/", code=code[1])
    who = {"role": "cto", "industry": "finance", "interests": "open weights"}
    browser.post("/welcome/", **who, time_zone=noon(), hour="7", days=list("1234567"))
    return browser


@pytest.fixture(scope="module")
def edition(running: Running, ada: Browser) -> dict[str, Any]:
    return wait_for(lambda: _edition(running), 90, "an edition with briefs")


def _edition(running: Running) -> dict[str, Any] | None:
    done = running.instance.manage("edition", "ada@bank.example", "--json")
    return dict(json.loads(done.stdout)) if done.returncode == 0 else None


def test_articles_become_stories_of_several_sources(edition: dict[str, Any], running: Running) -> None:
    stories = running.instance.json("stories", "--limit", "20")
    assert len(stories) >= 5
    assert any(story["origins"] >= 2 for story in stories)
    assert [story["score"] for story in stories] == sorted((s["score"] for s in stories), reverse=True)


def test_every_sentence_carries_its_citation(edition: dict[str, Any]) -> None:
    for item in edition["items"]:
        brief = item["brief"]
        assert brief["writer"] == "extractive"
        assert brief["verification"]["supported"] == brief["verification"]["sentences"] > 0
        for sentence in [brief["headline"], *brief["takeaways"], *brief["lead"]]:
            assert sentence["citations"]
            assert all(c["end"] - c["start"] == len(c["quote"]) for c in sentence["citations"])


def test_page_mail_and_json_show_the_same_edition(
    edition: dict[str, Any], ada: Browser, mail: MailServer
) -> None:
    page = ada.get("/today/")
    letter = wait_for(lambda: [m for m in mail.accepted if "List-Unsubscribe" in m], 90, "the digest")[0]
    text = letter.get_body(("plain",))
    html = letter.get_body(("html",))
    assert text is not None
    assert html is not None
    for item in edition["items"]:
        headline = item["brief"]["headline"]["text"]
        assert _plain(headline) in _plain(page)
        assert _plain(headline) in _plain(text.get_content())
        assert _plain(headline) in _plain(html.get_content())


def test_the_mail_comes_once(edition: dict[str, Any], running: Running, mail: MailServer) -> None:
    wait_for(lambda: [m for m in mail.accepted if "List-Unsubscribe" in m], 90, "the digest")
    assert running.instance.json("digest") == {"due": 0, "sent": 0, "skipped": 0, "failed": 0, "unknown": 0}
    assert len([m for m in mail.accepted if "List-Unsubscribe" in m]) == 1


def test_the_brief_page_shows_each_sentence_with_its_evidence(edition: dict[str, Any], ada: Browser) -> None:
    brief = edition["items"][0]["brief"]
    page = ada.get(f"/brief/{brief['id']}/")
    for sentence in brief["lead"]:
        assert _plain(sentence["text"]) in _plain(page)
    for source in brief["sources"]:
        assert _plain(source["publisher"]) in _plain(page)


def test_a_second_look_at_the_feeds_changes_nothing(edition: dict[str, Any], running: Running) -> None:
    again = running.instance.json("ingest", "--all")
    assert again["articles_new"] == again["articles_updated"] == again["stories_new"] == 0
    assert again["not_modified"] == again["sources"]
    assert again["failed"] == []


def test_the_ledger_is_clean_and_the_briefings_cost_nothing(
    edition: dict[str, Any], running: Running
) -> None:
    assert running.instance.manage("ledger", "verify").returncode == 0
    assert float(edition["cost"]["usd"]) == 0


def _plain(text: str) -> str:
    """Text as a reader sees it: markup gone, entities resolved, white space and quotation marks alike."""
    import html

    bare = html.unescape(re.sub(r"<[^>]+>", "", text))
    return re.sub(r"\s+", "", bare)


def test_strangers_see_nothing_of_it(edition: dict[str, Any], running: Running) -> None:
    cal = Browser(running.url)
    cal.get("/today/")
    assert "/accounts/login/" in cal.at
    assert Path(urllib.parse.urlsplit(cal.at).path).name != "today"


def _correct_a_figure(edition: dict[str, Any], web: WebServer) -> tuple[str, str]:
    """The brief and a sentence of it whose figure its feed has otherwise from now on."""
    feeds = {path: body.decode() for path, (_, body, _) in web.pages.items()}
    for item in edition["items"]:
        for sentence in [*item["brief"]["takeaways"], *item["brief"]["lead"]]:
            quote = sentence["citations"][0]["quote"]
            other = re.sub(r"[0-8](?!\d)", lambda digit: str(int(digit[0]) + 1), quote)
            for path, body in feeds.items():
                if other != quote and quote in body and len(sentence["citations"]) == 1:
                    web.put(path, body.replace(quote, other))
                    return item["brief"]["id"], sentence["text"]
    raise AssertionError("no brief of the edition has a figure")


def test_what_a_source_corrects_is_struck_through_in_what_ada_read(
    edition: dict[str, Any], running: Running, ada: Browser, web: WebServer
) -> None:
    brief, sentence = _correct_a_figure(edition, web)
    assert running.instance.json("ingest", "--all")["articles_updated"] == 1

    def corrected() -> str:
        page = ada.get(f"/brief/{brief}/")
        return page if "changed its article" in page else ""

    assert f"<s>{_plain(sentence)}</s>" in re.sub(r"\s+", "", wait_for(corrected, 90, "the correction"))
    again = running.instance.json("edition", "ada@bank.example")
    assert [one["brief"]["id"] for one in again["items"]] == [one["brief"]["id"] for one in edition["items"]]
    (now,) = (one["brief"] for one in again["items"] if one["brief"]["id"] == brief)
    assert sentence in {strike["text"] for one in now["corrections"] for strike in one["struck"]}
    assert "corrections" not in again, "what is frozen stays; the next edition tells of it"
