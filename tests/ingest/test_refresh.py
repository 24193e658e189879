"""One look at a feed, with a real server and a real database."""

from __future__ import annotations

import socket
from datetime import datetime, timedelta
from random import Random

import pytest
from django.db import connection
from django.db.models import Q
from django.utils import timezone

from ingest import work
from ingest.hosts import host_of
from ingest.models import Article, Passage, Revision, Source, Stage
from ingest.refresh import LEASE, refresh, refresh_many
from tests.fakes import web_server
from tests.fakes.web_server import WebServer, item, rss
from tests.ingest.conftest import Neighbour

pytestmark = pytest.mark.django_db
LONG = "<p>" + "The company shipped the model after a year of work, it said on Friday. " * 30 + "</p>"


def source(url: str) -> Source:
    return Source.objects.create(url=url, due_at=timezone.now() - timedelta(seconds=5))


def about(source: Source) -> timedelta:
    """The wait until a source is due, to the minute."""
    assert source.due_at is not None
    return timedelta(minutes=round((source.due_at - timezone.now()).total_seconds() / 60))


def test_it_stores_what_the_feed_holds(web: WebServer) -> None:
    one = source(
        web.put("/f", rss(item("A", "https://a.example/1", LONG, "g1"), item("B", guid="g2"), title="Wire"))
    )
    got = refresh(one.pk, timezone.now())
    assert (got.outcome, got.new, got.updated, got.repeated, got.unusable) == ("fetched", 2, 0, 0, ())
    one.refresh_from_db()
    assert (one.title, one.failures, one.error, one.lease_until) == ("Wire", 0, "", None)
    assert one.due_at is not None
    assert one.due_at > timezone.now() + timedelta(minutes=25)
    article = Article.objects.get(guid="g1")
    assert article.text.startswith("A\n\nThe company shipped")
    assert [article.text[p.start : p.end] for p in article.passages.filter(number=0)] == ["A"]
    assert article.stage == Stage.READ


def test_a_teaser_waits_for_its_page_and_a_full_text_does_not(web: WebServer) -> None:
    one = source(
        web.put("/f", rss(item("A", "https://a.example/1", "Short.", "a"), item("B", "", LONG, "b")))
    )
    refresh(one.pk, timezone.now())
    assert dict(Article.objects.values_list("guid", "stage")) == {"a": Stage.NEW, "b": Stage.READ}
    assert len(work.due(Article, 10)) == 2


def test_it_says_how_many_entries_of_an_enormous_feed_it_left_out(web: WebServer) -> None:
    many = "".join(item(f"Model {n} is out", guid=f"g{n}") for n in range(2_003))
    got = refresh(source(web.put("/f", rss(many))).pk, timezone.now())
    assert got.new == 2_000
    assert got.unusable[0].startswith("3 older entries left out")


def test_an_unchanged_feed_is_not_modified_and_changes_nothing(web: WebServer) -> None:
    one = source(web.put("/f", rss(item("A", guid="a"))))
    refresh(one.pk, timezone.now())
    before = list(Article.objects.values())
    assert refresh(one.pk, timezone.now(), force=True).outcome == "not_modified"
    assert list(Article.objects.values()) == before


def test_a_server_without_etags_is_believed_by_its_bytes(web: WebServer) -> None:
    body = rss(item("A", guid="a")).encode()
    one = source(web.misbehave("/f", web_server.encoded("identity", body)))
    refresh(one.pk, timezone.now())
    assert refresh(one.pk, timezone.now(), force=True).outcome == "not_modified"


def test_an_edit_makes_a_revision_and_sends_the_article_round_again(web: WebServer) -> None:
    one = source(web.put("/f", rss(item("A", "", LONG, "a"))))
    refresh(one.pk, timezone.now())
    Article.objects.update(due_at=None)
    web.put("/f", rss(item("A, corrected", "", LONG, "a")))
    got = refresh(one.pk, timezone.now(), force=True)
    assert (got.new, got.updated) == (0, 1)
    article = Article.objects.get()
    assert (article.title, article.revision, article.stage) == ("A, corrected", 2, Stage.NEW)
    assert article.due_at is not None
    assert Revision.objects.get().title == "A"
    assert Passage.objects.filter(number=0).get().end == len("A, corrected")


def test_guids_made_up_anew_bring_nothing_twice_even_when_an_edit_follows(web: WebServer) -> None:
    one = source(web.put("/f", rss(item("A", "https://a.example/1", LONG, "old"))))
    refresh(one.pk, timezone.now())
    web.put("/f", rss(item("A", "https://a.example/1", LONG, "new")))
    assert refresh(one.pk, timezone.now(), force=True).unchanged == 1
    web.put("/f", rss(item("Corrected", "https://a.example/2", LONG + "More.", "new")))
    got = refresh(one.pk, timezone.now(), force=True)
    assert (got.new, got.updated, Article.objects.get().title) == (0, 1, "Corrected")


def test_an_article_follows_its_feed_to_a_new_address_and_keeps_the_last_one_it_had(web: WebServer) -> None:
    one = source(web.put("/f", rss(item("A", "https://old.example/a", LONG, "a"))))
    for link, text, stored in (
        ("https://old.example/a", LONG, "https://old.example/a"),
        ("https://new.example/a", LONG, "https://new.example/a"),
        ("", LONG, "https://new.example/a"),
        ("", LONG + "More of it.", "https://new.example/a"),
    ):
        web.put("/f", rss(item("A", link, text, "a")))
        refresh(one.pk, timezone.now(), force=True)
        assert Article.objects.get().url == stored


def test_a_feed_that_stops_carrying_text_takes_none_away(web: WebServer) -> None:
    one = source(web.put("/f", rss(item("A", "", LONG, "a"))))
    refresh(one.pk, timezone.now())
    before = Article.objects.get().text
    web.put("/f", rss(item("A", "", "", "a")))
    got = refresh(one.pk, timezone.now(), force=True)
    assert (got.new, got.updated, got.unchanged) == (0, 0, 1)
    assert Article.objects.get().text == before
    assert not Revision.objects.exists()


def test_a_guid_given_to_one_item_after_the_other_loses_none(web: WebServer) -> None:
    titles = ("Chips are scarce", "Models grow", "Senate votes")
    dates = [f"Fri, 0{n} Aug 2025 10:00:00 GMT" for n in (1, 2, 3)]
    one = source(web.url("/f"))
    for n, title in enumerate(titles):
        web.put("/f", rss(item(title, f"https://a.example/{n}", LONG + title, "feed", dates[n])))
        assert refresh(one.pk, timezone.now(), force=True).new == 1
    assert set(Article.objects.values_list("title", flat=True)) == set(titles)


def test_an_entry_that_drops_out_stays(web: WebServer) -> None:
    one = source(web.put("/f", rss(item("A", guid="a"), item("B", guid="b"))))
    refresh(one.pk, timezone.now())
    web.put("/f", rss(item("B", guid="b"), item("C", guid="c")))
    got = refresh(one.pk, timezone.now(), force=True)
    assert (got.new, got.unchanged, Article.objects.count()) == (1, 1, 3)


def test_the_same_item_through_two_sources_counts_once(web: WebServer) -> None:
    ids = [
        source(web.put(path, rss(item("A", "https://a.example/1", guid=path)))).pk for path in ("/f", "/g")
    ]
    looks = [refresh(pk, timezone.now()) for pk in ids]
    assert [one.copies for one in looks] == [0, 1]
    copy = Article.objects.get(stage=Stage.COPY)
    assert copy.duplicate_of == Article.objects.exclude(pk=copy.pk).get()
    assert copy.due_at is None


def test_a_fuller_copy_takes_over_while_the_first_has_no_story(web: WebServer) -> None:
    first = source(web.put("/f", rss(item("A", "https://a.example/1", "Short.", "f"))))
    second = source(web.put("/g", rss(item("A", "https://a.example/1", LONG, "g"))))
    refresh(first.pk, timezone.now())
    assert refresh(second.pk, timezone.now()).copies == 1
    assert Article.objects.get(stage=Stage.COPY).guid == "f"


@pytest.mark.parametrize(
    ("status", "words", "hours"),
    [(404, "nothing at this address", 0.5), (500, "status 500", 0.5), (410, "withdrawn", 24)],
)
def test_a_failing_feed_says_why_and_waits(web: WebServer, status: int, words: str, hours: float) -> None:
    one = source(web.put("/f", b"", status))
    got = refresh(one.pk, timezone.now())
    one.refresh_from_db()
    assert got.outcome == "failed"
    assert words in got.error == one.error
    assert one.failures == 1
    assert timedelta(hours=hours) <= about(one) <= timedelta(hours=hours * 1.25)


def test_while_nobody_can_be_reached_no_source_is_held_to_have_failed_again(web: WebServer) -> None:
    well, lost = source(web.put("/f", rss())), source("http://no-such-host.invalid/feed")

    def failures_after_a_look_at(hours: int) -> int:
        refresh(lost.pk, timezone.now() + timedelta(hours=hours), force=True)
        lost.refresh_from_db()
        return lost.failures

    assert [failures_after_a_look_at(hours) for hours in range(4)] == [1, 1, 1, 1]
    assert about(lost) < timedelta(minutes=40)
    refresh(well.pk, timezone.now(), force=True)
    assert [failures_after_a_look_at(0), failures_after_a_look_at(0), failures_after_a_look_at(9)] == [
        2,
        3,
        1,
    ]


def test_a_failure_is_forgotten_when_the_feed_answers_again(web: WebServer) -> None:
    one = source(web.put("/f", b"", 503))
    refresh(one.pk, timezone.now())
    web.put("/f", rss(item("A")))
    assert refresh(one.pk, timezone.now(), force=True).outcome == "fetched"
    one.refresh_from_db()
    assert (one.failures, one.error) == (0, "")


GOOD = rss(item("A", guid="a"), item("B", guid="b"))


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("", "the feed is empty: no bytes in it"),
        ("<!doctype html><html><body>Sign in</body></html>", "this is an HTML page, not a feed"),
        ("<?xml version='1.0'?><html><body>Sign in</body></html>", "this is an HTML page, not a feed"),
        ("Too many requests", "this is not a feed; it begins with 'Too many requests'"),
        (GOOD[:-60], "the feed is cut off before its end"),
        (GOOD[:150], "the feed is broken XML and holds no readable entry"),
        (rss(title="429 Too Many Requests"), "the server sends a notice in place of its feed"),
        ('{"error": "rate limited"}', "this is JSON, but not a JSON Feed"),
    ],
)
def test_what_is_no_feed_is_an_error_in_plain_words_and_takes_nothing_away(
    web: WebServer, body: str, words: str
) -> None:
    one = source(web.put("/f", GOOD))
    refresh(one.pk, timezone.now())
    before = list(Article.objects.order_by("pk").values())
    web.put("/f", body)
    assert words in refresh(one.pk, timezone.now(), force=True).error
    assert list(Article.objects.order_by("pk").values()) == before
    web.put("/f", GOOD)
    refresh(one.pk, timezone.now(), force=True)
    one.refresh_from_db()
    assert (one.error, one.failures) == ("", 0)
    assert list(Article.objects.order_by("pk").values()) == before


def test_one_bad_feed_harms_no_other(web: WebServer) -> None:
    bad = source(web.misbehave("/bad", web_server.gibberish))
    good = source(web.put("/f", rss(item("A"))))
    looks = {look.source_id: look.outcome for look in refresh_many([bad.pk, good.pk], timezone.now())}
    assert looks == {bad.pk: "failed", good.pk: "fetched"}


def test_a_feed_that_cannot_be_stored_harms_no_other(web: WebServer) -> None:
    with connection.cursor() as cursor:  # a rule of the database that nothing before it knows of
        cursor.execute("ALTER TABLE ingest_article ADD CONSTRAINT rule CHECK (title <> 'Forbidden')")
    bad = source(web.put("/bad", rss(item("Forbidden"))))
    good = source(web.put("/f", rss(item("A"))))
    looks = {look.source_id: look.outcome for look in refresh_many([bad.pk, good.pk], timezone.now())}
    assert looks == {bad.pk: "failed", good.pk: "fetched"}
    assert refresh(bad.pk, timezone.now(), force=True).outcome == "failed"
    bad.refresh_from_db()
    assert "could not be stored" in bad.error
    assert "rule" in bad.error
    assert (bad.failures, bad.lease_until, bad.attempt, bad.body_hash) == (2, None, 0, "")
    assert timedelta(hours=1) <= about(bad) <= timedelta(hours=1.25)


def test_a_link_of_any_length_is_no_reason_to_fail(web: WebServer) -> None:
    random = Random(1)
    links = [
        "https://a.example/" + "".join(chr(random.randrange(low, low + span)) for _ in range(length))
        for length, low, span in (
            (1900, 0x4E00, 20_000),
            (650, 0x4E00, 20_000),
            (1980, 97, 26),
            (9000, 97, 26),
        )
    ]
    one = source(web.put("/f", rss(*(item(f"T{n}", link, LONG) for n, link in enumerate(links)))))
    assert refresh(one.pk, timezone.now()).new == 4
    assert refresh(one.pk, timezone.now(), force=True).outcome == "not_modified"
    stored = list(Article.objects.order_by("pk").values_list("url", flat=True))
    assert stored == ["", links[1], links[2], ""]


def test_a_source_that_kills_its_workers_comes_to_rest(web: WebServer) -> None:
    one = source(web.put("/f", rss(item("A"))))
    for _ in range(work.POISON):
        assert work.claim_many(Source, Q(pk=one.pk), -LEASE)
    for force in (False, True, True):
        assert refresh(one.pk, timezone.now(), force=force).outcome == "failed"
    one.refresh_from_db()
    assert (one.due_at, one.error.count("given up"), web.seen["/f"]) == (None, 1, 0)


def test_it_leaves_a_source_alone_that_another_worker_has(web: WebServer) -> None:
    one = source(web.put("/f", rss(item("A"))))
    assert work.claim(Source, one.pk, LEASE)
    assert refresh(one.pk, timezone.now()).outcome == "busy"
    assert web.seen["/f"] == 0


def test_it_leaves_a_source_alone_whose_host_another_worker_asks(
    web: WebServer, neighbour: Neighbour
) -> None:
    one = source(web.put("/f", rss(item("A"))))
    before = one.due_at
    neighbour.borrow(host_of(one.url))
    assert refresh(one.pk, timezone.now()).outcome == "busy"
    one.refresh_from_db()
    assert (web.seen["/f"], one.due_at, one.lease_until, one.attempt) == (0, before, None, 0)
    neighbour.give_back(host_of(one.url))
    assert refresh(one.pk, timezone.now()).outcome == "fetched"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("answer", ["304 Not Modified", "200 OK"])
def test_a_look_that_lost_its_lease_changes_nothing(web: WebServer, answer: str) -> None:
    one = source(web.put("/f", rss()))
    refresh(one.pk, timezone.now())

    def be_overtaken_and_answer(client: socket.socket) -> None:
        Source.objects.update(attempt=7, error="of another")
        connection.close()
        client.sendall(f"HTTP/1.1 {answer}\r\nContent-Length: 0\r\n\r\n".encode())

    web.misbehave("/f", be_overtaken_and_answer)
    assert refresh(one.pk, timezone.now(), force=True).outcome == "busy"
    one.refresh_from_db()
    assert (one.attempt, one.error, one.failures) == (7, "of another", 0)


def test_what_a_batch_has_no_time_for_stays_due(web: WebServer) -> None:
    one = source(web.put("/f", rss(item("A"))))
    before = one.due_at
    assert [look.outcome for look in refresh_many([one.pk], timezone.now(), seconds=-1)] == ["busy"]
    one.refresh_from_db()
    assert (web.seen["/f"], one.due_at, one.lease_until, one.attempt) == (0, before, None, 0)


def test_it_leaves_a_source_alone_that_is_not_due(web: WebServer) -> None:
    one = Source.objects.create(url=web.put("/f", rss()), due_at=timezone.now() + timedelta(hours=1))
    assert refresh(one.pk, timezone.now()).outcome == "busy"
    assert refresh(one.pk, timezone.now(), force=True).outcome == "fetched"


def test_an_unusable_entry_is_named_and_the_rest_kept(web: WebServer) -> None:
    one = source(web.put("/f", rss(item("A"), "<item><pubDate>x</pubDate></item>")))
    got = refresh(one.pk, timezone.now())
    assert (got.new, len(got.unusable)) == (1, 1)


def test_dates_of_the_future_and_of_the_epoch_are_not_believed(web: WebServer) -> None:
    dates = (
        "Fri, 08 Aug 2025 10:00:00 GMT",
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "Fri, 08 Aug 2098 10:00:00 GMT",
    )
    one = source(web.put("/f", rss(*(item(f"T{n}", guid=str(n), date=date) for n, date in enumerate(dates)))))
    now: datetime = timezone.now()
    refresh(one.pk, now)
    happened = list(Article.objects.order_by("guid").values_list("happened_at", flat=True))
    assert happened[0].year == 2025
    assert happened[1:] == [now, now]
