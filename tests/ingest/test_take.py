"""Looks saved together: what many feeds brought costs a few statements, and each keeps its own fate."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ingest import decide, work
from ingest.fetch import Fetched
from ingest.known import known
from ingest.look import Look
from ingest.models import Article, Passage, Revision, Source, Stage
from ingest.parse import ParsedFeed, ParsedItem
from ingest.refresh import LEASE
from ingest.take import take

pytestmark = pytest.mark.django_db
TEXT = "A long enough paragraph about a model, told by nobody else in these words. " * 5


def entry(name: str, text: str = TEXT, **changes: Any) -> ParsedItem:
    values = {
        "guid": name,
        "url": f"https://{name}.example/post",
        "title": f"Title {name}",
        "author": "",
        "published": None,
        "updated": None,
        "paragraphs": (f"{name}: {text}",),
    }
    return ParsedItem(**{**values, **changes})


def look(*items: ParsedItem, etag: str = '"1"') -> Look:
    feed = ParsedFeed("Feed", "https://feed.example/", "en", items)
    return Look(Fetched(200, "https://feed.example/rss", b"", etag=etag), feed, "0" * 64)


def sources(count: int) -> list[Source]:
    for number in range(count):
        Source.objects.get_or_create(url=f"https://{number}.example/rss", defaults={"due_at": timezone.now()})
    Source.objects.update(due_at=timezone.now(), lease_until=None)
    claimed = work.claim_many(Source, work.among(list(Source.objects.values_list("pk", flat=True))), LEASE)
    return sorted(claimed, key=lambda one: one.pk)[:count]


def test_as_many_statements_save_one_look_as_twenty() -> None:
    def statements(count: int, round_: int) -> int:
        looks = [(one, look(entry(f"s{one.pk}r{round_}"))) for one in sources(count)]
        with CaptureQueriesContext(connection) as queries:
            take(looks, timezone.now())
        return len(queries)

    first, again, alone = statements(20, 0), statements(20, 1), statements(1, 2)
    assert again == alone == first + 1  # of sources that were read before, what is known is asked
    assert Article.objects.count() == Passage.objects.filter(number=0).count() == 41


def test_each_source_is_told_what_its_own_look_brought() -> None:
    first, second, third = sources(3)
    take([(first, look(entry("a"), entry("b"))), (second, look(entry("c")))], timezone.now())
    first, second, third = sources(3)
    now = timezone.now()
    looks = [
        (first, look(entry("a", "Another text now. " * 20), entry("b"), entry("d"), etag='"2"')),
        (second, look(entry("c", url="https://c.example/moved"))),
        (
            third,
            look(entry("e", url="https://d.example/post")),
        ),  # the same item as one of another in this batch
    ]
    told = {one.source_id: one for one in take(looks, now)}
    counts = {pk: (one.new, one.updated, one.unchanged, one.copies) for pk, one in told.items()}
    assert sum(one.copies for one in told.values()) == 1
    assert [counts[one.pk][:3] for one in (first, second, third)] == [(1, 1, 1), (0, 0, 1), (1, 0, 0)]
    assert (Article.objects.count(), Revision.objects.count()) == (5, 1)
    assert Article.objects.get(guid="c").url == "https://c.example/moved"
    assert Article.objects.get(stage=Stage.COPY).duplicate_of is not None
    stored = Source.objects.get(pk=first.pk)
    assert (stored.etag, stored.attempt, stored.lease_until, stored.last_success_at) == ('"2"', 0, None, now)


def test_a_source_that_another_attempt_has_is_left_to_it_and_the_rest_is_saved() -> None:
    lost, kept = sources(2)
    Source.objects.filter(pk=lost.pk).update(attempt=7, error="of another")
    told = {
        one.source_id: one.outcome
        for one in take([(lost, look(entry("a"))), (kept, look(entry("b")))], timezone.now())
    }
    assert told == {lost.pk: "busy", kept.pk: "fetched"}
    assert list(Article.objects.values_list("source", flat=True)) == [kept.pk]
    lost.refresh_from_db()
    assert (lost.attempt, lost.error, lost.etag) == (7, "of another", "")


def test_a_source_knows_its_own_articles_only() -> None:
    one, other = sources(2)
    take([(one, look(entry("a"))), (other, look(entry("b")))], timezone.now())
    one, other = sources(2)
    drafts = decide.read([entry("a"), entry("b")], timezone.now()).drafts
    found = known([(one, drafts), (other, drafts)])
    assert {pk: [each.guid for each in some] for pk, some in found.items()} == {
        one.pk: ["a"],
        other.pk: ["b"],
    }
