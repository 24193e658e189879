"""F47 and F48: a reader who deletes the account, or unsubscribes, while we are at work for them."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from briefings import digest, edition
from briefings.models import Delivery, Edition, Notice
from inference import audit, gateway
from inference.gateway import Ask
from inference.models import Budget, Call
from ingest.models import Story
from tests.briefings import rows
from tests.briefings.factories import edition_of_two
from tests.fakes.characters import Honest
from tests.fakes.mail_server import MailServer
from tests.fakes.model_server import ModelServer
from users.models import Profile, User

pytestmark = pytest.mark.django_db(transaction=True)


def leave(name: str) -> None:
    """As another process would."""

    def go() -> None:
        User.objects.filter(email=name).delete()
        connection.close()

    thread = threading.Thread(target=go)
    thread.start()
    thread.join()


@pytest.fixture
def story() -> Story:
    now = timezone.now()
    made = Story.objects.create(title="Harbor Labs opens a yard", happened_at=now, last_at=now)
    rows.article(
        made,
        rows.source("The Ledger"),
        "Harbor Labs opens a yard in Lisbon",
        [
            "Harbor Labs opened a yard in Lisbon on Tuesday, where 240 people build robots. The yard cost 30 million "
            "euros, the company said.",
            "Mara Lind, who leads Harbor Labs, said that the first robots leave the yard in October. Two ports have "
            "ordered nine of them.",
        ],
        at=now,
    )
    return made


def test_who_leaves_while_the_edition_is_written_gets_nothing_and_the_cost_stays(
    story: Story, mail: MailServer, provider: ModelServer
) -> None:
    ada = rows.reader("ada@bank.example", hour=0, time_zone="UTC")
    honest = Honest()

    def reply(body: dict[str, Any]) -> Any:
        leave(ada.email)
        return honest(body)

    provider.reply = reply
    now = timezone.now()
    row = edition.request(ada, now.date())
    assert edition.prepare(row.pk, now) is None
    assert provider.requests
    digest.queue_editions(now)
    digest.queue_deliveries(now)
    digest.run(now)
    assert [each.objects.count() for each in (Edition, Delivery, Notice)] == [0, 0, 0]
    assert mail.accepted == []
    calls = list(Call.objects.all())
    assert sum(call.cost or 0 for call in calls) == provider.billed > 0
    assert {call.reader_id for call in calls} == {None}
    assert audit.verify() == []


def test_what_was_asked_on_a_readers_account_is_kept_without_the_reader(provider: ModelServer) -> None:
    ada = rows.reader("ada@bank.example")
    provider.reply = lambda body: "hello"
    gateway.generate(Ask("converse", "talk:1", "answer", "You answer.", "What is new?", reader=ada.pk))
    leave(ada.email)
    call = Call.objects.get()
    assert (call.reader_id, call.cost) == (None, provider.billed)
    own = Budget.objects.get(scope=f"reader:{ada.pk}")
    assert (own.settled, own.held) == (provider.billed, 0)
    assert audit.verify() == []


def test_who_leaves_before_the_mail_goes_gets_none(mail: MailServer) -> None:
    ada = rows.reader("ada@bank.example", hour=7, time_zone="UTC")
    eight = timezone.now().replace(hour=8)
    row = digest.delivery_for(edition_of_two(ada, eight.date()))
    leave(ada.email)
    assert digest.deliver(row.pk, eight) is None
    assert mail.accepted == []


@pytest.mark.parametrize("how", ["unsubscribed", "deleted"])
def test_between_rendering_and_sending_nobody_is_overlooked(mail: MailServer, how: str) -> None:
    """The mail is made and the server has greeted us when the reader goes."""
    ada = rows.reader("ada@bank.example", hour=7, time_zone="UTC")
    eight = timezone.now().replace(hour=8)
    row = digest.delivery_for(edition_of_two(ada, eight.date()))

    def at_the_greeting() -> None:
        if how == "deleted":
            User.objects.all().delete()
        else:
            Profile.objects.update(digest=False)
        connection.close()

    mail.at_greeting = at_the_greeting
    digest.deliver(row.pk, eight + timedelta(minutes=1))
    assert mail.accepted == []
    assert mail.greeted == 1
    if how == "unsubscribed":
        assert Delivery.objects.get().state == Delivery.State.SKIPPED
    else:
        assert not Delivery.objects.exists()
