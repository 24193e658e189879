"""The digest: at the reader's hour, once, or visibly unknown. The mail server is real and misbehaves on request."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from briefings import correct, digest
from briefings.digest_render import render
from briefings.models import Delivery, Edition
from ingest.models import Article, Source
from tests.briefings import factories, rows
from tests.briefings.factories import edition_of_two
from tests.briefings.rows import ready_edition
from tests.fakes.mail_server import MailServer, mail_server
from users.models import Profile, User

pytestmark = pytest.mark.django_db(transaction=True)
EIGHT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


@pytest.fixture
def mail(settings: Any) -> Iterator[MailServer]:
    with mail_server() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", int(server.url.rsplit(":", 1)[1])
        yield server


@pytest.fixture
def ada() -> User:
    user = User.objects.create_user("ada@bank.example")
    Profile.objects.create(user=user, role="cto", industry="finance", hour=7, time_zone="UTC")
    return user


@pytest.fixture
def prepared(ada: User) -> Edition:
    return edition_of_two(ada, EIGHT.date())


def delivery() -> Delivery:
    return Delivery.objects.get()


def test_it_sends_the_stored_edition_once(mail: MailServer, prepared: Edition) -> None:
    first, again = digest.run(EIGHT), digest.run(EIGHT)
    assert (first.due, first.sent) == (1, 1)
    assert (again.due, again.sent) == (0, 0)
    assert len(mail.accepted) == 1
    assert delivery().state == Delivery.State.SENT


def test_its_headers_say_who_it_is_and_how_to_stop_it(mail: MailServer, prepared: Edition) -> None:
    digest.run(EIGHT)
    letter = mail.accepted[0]
    assert letter["Message-ID"] == delivery().message_id
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert letter["List-Unsubscribe"].strip().startswith("<http")
    assert letter["To"] == "ada@bank.example"
    assert {part.get_content_type() for part in letter.walk()} >= {"text/plain", "text/html"}


def lost(owner: User, name: str) -> Source:
    return Source.objects.create(
        url=f"https://{name}.example/feed",
        title=name,
        owner=owner,
        created_at=EIGHT - timedelta(days=9),
        due_at=EIGHT,
        failures=7,
        error="there is nothing at this address (404)",
    )


def test_it_tells_once_of_an_own_source_that_is_not_to_be_had(
    mail: MailServer, prepared: Edition, ada: User
) -> None:
    ben = User.objects.create_user("ben@fund.example")
    hers, his = lost(ada, "letter"), lost(ben, "ledger")
    digest.run(EIGHT)
    for part in mail.accepted[0].walk():
        if part.get_content_maintype() == "text":
            text = str(part.get_content())
            assert "Your source letter is not being read: never read yet, 7 failures in a row" in text
            assert "ledger" not in text
    hers.refresh_from_db()
    his.refresh_from_db()
    assert (hers.told_at, his.told_at) == (EIGHT, None)
    ready_edition(ada, EIGHT.date() + timedelta(days=1), [])
    digest.run(EIGHT + timedelta(days=1))
    assert len(mail.accepted) == 2
    assert "is not being read" not in mail.accepted[1].as_string()


def test_a_dry_run_writes_and_sends_nothing(mail: MailServer, prepared: Edition) -> None:
    assert digest.run(EIGHT, dry_run=True).due == 1
    assert not Delivery.objects.exists()
    assert mail.accepted == []


def test_it_waits_for_the_readers_hour(mail: MailServer, prepared: Edition) -> None:
    assert digest.run(EIGHT - timedelta(hours=2)).due == 0


def test_a_refusal_for_now_is_tried_again(mail: MailServer, prepared: Edition) -> None:
    mail.answers = ["450 come back later"]
    digest.run(EIGHT)
    assert delivery().state == Delivery.State.QUEUED
    assert delivery().due_at is not None
    Delivery.objects.update(due_at=datetime(2026, 11, 23, 8, 1, tzinfo=UTC) - timedelta(days=1))
    digest.deliver(delivery().pk, EIGHT)
    assert delivery().state == Delivery.State.SENT
    assert len(mail.accepted) == 1


def test_a_refusal_for_good_is_kept_as_failed(mail: MailServer, prepared: Edition) -> None:
    mail.answers = ["550 no such reader"]
    assert digest.run(EIGHT).failed == 1
    assert "550" in delivery().error


def test_a_line_that_drops_after_accepting_is_unknown_and_never_sent_again(
    mail: MailServer, prepared: Edition
) -> None:
    mail.answers = ["drop"]
    assert digest.run(EIGHT).unknown == 1
    assert digest.run(EIGHT).due == 0
    assert len(mail.accepted) == 1
    assert delivery().state == Delivery.State.UNKNOWN


def test_a_delivery_found_half_sent_becomes_unknown(mail: MailServer, prepared: Edition) -> None:
    row = digest.delivery_for(prepared)
    Delivery.objects.update(state=Delivery.State.SENDING)
    digest.deliver(row.pk, EIGHT)
    assert delivery().state == Delivery.State.UNKNOWN
    assert mail.accepted == []


def test_who_unsubscribed_after_preparing_gets_nothing(mail: MailServer, prepared: Edition) -> None:
    row = digest.delivery_for(prepared)
    Profile.objects.update(digest=False)
    digest.deliver(row.pk, EIGHT)
    assert delivery().state == Delivery.State.SKIPPED
    assert mail.accepted == []


def test_it_does_not_come_half_a_day_late(mail: MailServer, prepared: Edition) -> None:
    row = digest.delivery_for(prepared)
    Edition.objects.update(created_at=EIGHT)
    digest.deliver(row.pk, EIGHT + timedelta(hours=13))
    assert delivery().state == Delivery.State.SKIPPED
    assert "too late" in delivery().error


def test_a_server_that_is_down_is_tried_again(mail: MailServer, prepared: Edition, settings: Any) -> None:
    settings.EMAIL_PORT = 1
    assert digest.run(EIGHT).failed == 1
    assert delivery().state == Delivery.State.QUEUED
    assert "cannot be reached" in delivery().error


def test_beats_that_ring_twice_queue_one_delivery(mail: MailServer, prepared: Edition) -> None:
    digest.queue_deliveries(EIGHT)
    digest.queue_deliveries(EIGHT)
    assert Delivery.objects.count() == 1


def test_it_queues_an_edition_shortly_before_the_hour(mail: MailServer, ada: User) -> None:
    digest.queue_editions(EIGHT - timedelta(hours=1, minutes=25))
    digest.queue_editions(EIGHT - timedelta(hours=1, minutes=20))
    assert [(e.reader_id, str(e.local_date)) for e in Edition.objects.all()] == [(ada.pk, "2026-11-23")]


def test_a_quiet_day_is_told_in_a_short_mail(mail: MailServer, ada: User) -> None:
    Edition.objects.create(reader=ada, local_date=EIGHT.date(), state="ready", prepared_at=EIGHT)
    digest.queue_deliveries(EIGHT)
    assert digest.run(EIGHT).sent == 1
    body = mail.accepted[0].get_body(("plain",))
    assert body is not None
    assert "quiet" in body.get_content().lower()


def test_a_server_that_hangs_up_before_anything_is_said_is_tried_again(
    mail: MailServer, prepared: Edition, settings: Any
) -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        threading.Thread(target=lambda: deaf.accept()[0].close(), daemon=True).start()
        settings.EMAIL_PORT = deaf.getsockname()[1]
        digest.run(EIGHT)
    assert delivery().state == Delivery.State.QUEUED


def test_a_wrong_password_of_ours_is_tried_again(mail: MailServer, prepared: Edition, settings: Any) -> None:
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "nutgraf", "wrong"
    digest.run(EIGHT)
    assert delivery().state == Delivery.State.QUEUED
    assert mail.accepted == []


def test_an_hour_just_before_midnight_is_not_lost(mail: MailServer, ada: User) -> None:
    Profile.objects.update(hour=23)
    row = edition_of_two(ada, EIGHT.date())
    Edition.objects.update(created_at=EIGHT)
    digest.queue_deliveries(datetime(2026, 11, 24, 0, 5, tzinfo=UTC))
    assert Delivery.objects.get().edition_id == row.pk


def test_a_sample_edition_gives_way_to_real_news(mail: MailServer, prepared: Edition) -> None:
    Edition.objects.update(sample=True, bare=True, prepared_at=EIGHT - timedelta(minutes=10))
    digest.queue_editions(EIGHT)
    prepared.refresh_from_db()
    assert prepared.state == "queued"


def test_who_reads_on_the_site_only_still_gets_editions(mail: MailServer, ada: User) -> None:
    Profile.objects.update(digest=False)
    digest.queue_editions(EIGHT)
    assert Edition.objects.count() == 1
    digest.queue_deliveries(EIGHT)
    assert not Delivery.objects.exists()


def test_a_lens_that_fell_whole_leaves_no_words_above_nothing() -> None:
    brief, article = factories.weights(), Article.objects.get()
    told = rows.said("They are the first since GPT-2.", rows.cite(article, "They are its first"))
    lens = rows.ready_lens(brief, {"why_it_matters": [told], "questions": []})
    row = rows.ready_edition(rows.reader("ada@bank.example"), rows.NOON.date(), [(brief, lens)])
    before = render(row, "https://news.example/leave/")
    for mail in (before.html, before.text):
        assert "For you" in mail
        assert told["text"] in mail
    rows.edit(article, "since GPT-2 in 2019", "since GPT-3 in 2020")
    assert correct.catch_up(rows.NOON + timedelta(hours=1))
    after = render(row, "https://news.example/leave/")
    for mail in (after.html, after.text):
        assert "For you" not in mail
