"""F38: a worker's clock jumps. The database's clock alone decides about leases, and no mail goes twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from briefings import compose, digest
from briefings.converse import ask
from briefings.models import Brief, Delivery, State, Turn
from inference import ledger
from inference.ledger import Attempt
from inference.models import Call
from ingest import work
from ingest.models import Article, Source, Story
from tests.briefings import rows
from tests.briefings.factories import edition_of_two
from tests.fakes.mail_server import MailServer

pytestmark = pytest.mark.django_db(transaction=True)
JUMPS = [timedelta(hours=-1), timedelta(days=1)]
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize("jump", JUMPS, ids=["an hour back", "a day ahead"])
def test_it_ends_no_lease_and_loses_no_work(jump: timedelta) -> None:
    source = Source.objects.create(url="https://lab.example/feed", due_at=timezone.now() - MINUTE)
    assert work.claim(Source, source.pk, MINUTE)
    call = ledger.reserve(Attempt("brief", "brief:b1", "write", "gpt-5-mini", "api.openai.com", 10))
    ledger.mark_sent(call.pk)
    with time_machine.travel(timezone.now() + jump):
        assert work.claim(Source, source.pk, MINUTE) is None, "another worker has it, whatever the hour"
        assert ledger.sweep() == {"released": 0, "unknown": 0}
        story = Story.objects.create(title="t", happened_at=rows.NOON, last_at=rows.NOON)
        rows.article(story, rows.source("The Ledger"), "t", ["Harbor Labs opened a yard on Tuesday."])
        brief = compose.brief_for(compose.material_of(story.pk))
        assert work.due(Brief, 10) == [brief.pk], "what is wished for meanwhile is due at once"
    assert work.due(Brief, 10) == [brief.pk], "and is still so when the clock is put right"
    assert Call.objects.get().state == "sent"
    assert brief.state == State.QUEUED


@pytest.mark.parametrize("jump", JUMPS, ids=["an hour back", "a day ahead"])
def test_what_a_web_host_wants_done_is_due_at_once(jump: timedelta) -> None:
    ada = rows.reader("ada@bank.example")
    brief = edition_of_two(ada).items.get(rank=1).brief
    story = Story.objects.create(title="t", happened_at=rows.NOON, last_at=rows.NOON)
    left = rows.article(story, rows.source("The Ledger"), "t", ["Harbor Labs opened a yard on Tuesday."])
    with time_machine.travel(timezone.now() + jump):
        turn = ask.ask(ada, brief.pk, "What does GPT-5 cost?")
        assert turn is not None
        assert ask.stop(ada, brief.pk, turn.number)
        again = ask.again(ada, brief.pk, turn.number)
        assert again is not None
        story.delete()
    assert work.due(Turn, 10) == [again.pk]
    assert left.pk in work.due(Article, 10)


@pytest.mark.parametrize("jump", JUMPS, ids=["an hour back", "a day ahead"])
def test_no_mail_goes_twice(mail: MailServer, jump: timedelta) -> None:
    eight = datetime(2026, 11, 23, 8, tzinfo=UTC)
    edition_of_two(rows.reader("ada@bank.example", hour=7, time_zone="UTC"), eight.date())
    for moment in (eight, eight + jump, eight + 10 * MINUTE):
        with time_machine.travel(moment):
            digest.queue_deliveries(timezone.now())
            for pk in Delivery.objects.values_list("pk", flat=True):
                digest.deliver(pk, timezone.now())
    assert [str(message["To"]) for message in mail.accepted] == ["ada@bank.example"]
    assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}
