"""From teaser to article: the page behind the link, and what stays when there is none."""

from __future__ import annotations

import socket
import threading
import time
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection
from django.utils import timezone

from ingest import work
from ingest.hosts import host_of
from ingest.models import Article, Source, Stage
from ingest.pages import Wanted
from ingest.read import read_many
from ingest.refresh import refresh
from ingest.visit import TOGETHER, visit
from tests.fakes.web_server import WebServer, item, rss
from tests.ingest.conftest import Neighbour
from tests.ingest.teasers import TEASER, TEXT, page, teaser

pytestmark = pytest.mark.django_db


def test_it_takes_the_text_of_the_page(web: WebServer) -> None:
    web.put(
        "/p",
        page(*TEXT, "ADVERTISEMENT", "Rival ships too Read more"),
        content_type="text/html; charset=utf-8",
    )
    article = teaser(web, "/p")
    done = read_many([article.pk], timezone.now())
    article.refresh_from_db()
    assert (done.read, done.pages) == ([article.pk], 1)
    assert article.text.split("\n\n") == ["Model ships at half the price", *TEXT]
    assert (article.stage, article.text_from_page, article.page_error) == (Stage.READ, True, "")
    assert [article.text[p.start : p.end] for p in article.passages.all()] == article.text.split("\n\n")
    assert article.feed_text == TEASER


def test_a_page_that_hangs_holds_up_no_other(web: WebServer) -> None:
    answered, meanwhile = threading.Event(), TOGETHER + 1

    def hang(connection: socket.socket) -> None:
        answered.wait(10)

    wanted = [Wanted(0, web.misbehave("/hangs", hang), "", "", web.url())]
    wanted += [Wanted(n, web.put(f"/{n}", "", 404), "", "", web.url()) for n in range(1, meanwhile)]
    told: list[int] = []
    pages = visit(wanted, timezone.now(), told.extend)
    first = next(pages)
    assert {page.pk for page in first} == set(range(1, meanwhile))
    assert told == []
    answered.set()
    assert [page.pk for some in pages for page in some] == [0]


def test_what_breaks_off_keeps_no_host_for_itself(web: WebServer, neighbour: Neighbour) -> None:
    with connection.cursor() as cursor:  # a rule of the database that nothing before it knows of
        cursor.execute("ALTER TABLE ingest_article ADD CONSTRAINT rule CHECK (NOT text_from_page)")
    web.put("/p", page(*TEXT), content_type="text/html; charset=utf-8")
    article = teaser(web, "/p")
    with pytest.raises(IntegrityError) as kept:
        read_many([article.pk], timezone.now())
    assert kept.tb is not None, "as a log keeps it, with all that it was at"
    assert neighbour.borrow(host_of(web.url()))


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        (
            page(
                "Please sign in to read on.", "It is free, and takes a minute of your time, we promise you."
            ),
            200,
            "page",
        ),
        (
            page(*["Our shop sells garden chairs of solid oak, made by hand to last for ever."] * 9),
            200,
            "page",
        ),
        ("", 404, "nothing at this address"),
        ("", 403, "refuses"),
        ("", 200, "text"),
    ],
)
def test_a_page_that_is_not_the_article_is_recorded_and_harms_nothing(
    web: WebServer, body: str, status: int, words: str
) -> None:
    web.put("/p", body, status, content_type="text/html")
    article = teaser(web, "/p")
    done = read_many([article.pk], timezone.now())
    article.refresh_from_db()
    assert (article.stage, article.text_from_page, done.page_errors) == (Stage.READ, False, 1)
    assert words in article.page_error
    assert article.text == f"Model ships at half the price\n\n{TEASER}"
    assert article.passages.count() == 2


def test_it_reads_no_page_that_is_no_page(web: WebServer) -> None:
    web.put("/p", b"%PDF-1.4", content_type="application/pdf")
    article = teaser(web, "/p")
    read_many([article.pk], timezone.now())
    article.refresh_from_db()
    assert "application/pdf" in article.page_error


def test_hundreds_of_articles_on_a_dead_host_cost_one_attempt(web: WebServer) -> None:
    items = [item(f"T{n}", f"http://no-such-host.invalid/{n}", "Short.", str(n)) for n in range(300)]
    source = Source.objects.create(
        url=web.put("/f", rss(*items)), due_at=timezone.now() - timedelta(seconds=5)
    )
    refresh(source.pk, timezone.now())
    waiting = list(Article.objects.filter(stage=Stage.NEW).values_list("pk", flat=True))
    began = time.monotonic()
    done = read_many(waiting, timezone.now())
    assert time.monotonic() - began < 10
    assert (
        len(done.read) == len(waiting) == 100
    )  # the archive behind the newest hundred is READ from its feed
    assert Article.objects.filter(stage=Stage.READ).exclude(page_error="").count() == 300


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("paragraphs", [TEXT, []])
def test_an_edit_that_comes_while_the_page_is_read_stays(web: WebServer, paragraphs: list[str]) -> None:
    web.put("/p", page(*TEXT), content_type="text/html")
    article = teaser(web, "/p")
    title = "Correction: model ships at twice the price"

    def edit_and_answer(client: socket.socket) -> None:
        feed = web.put("/feed/p", rss(item(title, web.url("/p"), TEASER, "/p")))
        refresh(Source.objects.get(url=feed).pk, timezone.now(), force=True)
        connection.close()
        head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n"
        client.sendall((head + page(*paragraphs)).encode())

    web.misbehave("/p", edit_and_answer)
    assert read_many([article.pk], timezone.now()).read == []
    article.refresh_from_db()
    assert (article.stage, article.revision, article.attempt) == (Stage.NEW, 2, 0)
    assert article.text == f"{title}\n\n{TEASER}"
    assert article.passages.get(number=0).end == len(title)
    assert article.pk in work.due(Article, 10)


def test_reading_twice_reads_once(web: WebServer) -> None:
    web.put("/p", page(*TEXT), content_type="text/html")
    article = teaser(web, "/p")
    read_many([article.pk], timezone.now())
    assert read_many([article.pk], timezone.now()).read == []
    assert web.seen["/p"] == 1


def test_a_sample_article_is_never_looked_up(web: WebServer) -> None:
    source = Source.objects.create(
        url="sample:wire", sample=True, due_at=timezone.now() - timedelta(seconds=5)
    )
    assert refresh(source.pk, timezone.now()).new > 0
    assert not Article.objects.exclude(stage=Stage.READ).exists()
