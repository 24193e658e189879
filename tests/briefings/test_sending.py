"""Many mails over one line: what a refusal means, when all wait, and what is left when a worker dies. Real SMTP."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.models.functions import Now

from briefings import correct, digest, letters, mail_door, sent
from briefings.mail_door import Verdict, verdict
from briefings.models import Delivery, Edition, Letter, MailDoor
from briefings.sending import Postman, claim
from ingest.models import Article
from tests.briefings import factories, rows
from tests.fakes.mail_server import MailServer, mail_server
from tests.statements import statements
from users import suppressed
from users.models import Profile

pytestmark = pytest.mark.django_db(transaction=True)
EIGHT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


@pytest.fixture
def mail(settings: Any, tmp_path: Path) -> Iterator[MailServer]:
    settings.NUTGRAF_VAR = tmp_path
    with mail_server() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", int(server.url.rsplit(":", 1)[1])
        yield server


def queued(number: int) -> list[Delivery]:
    """Deliveries of quiet days to so many readers, due now."""
    made = []
    for one in range(number):
        user = rows.reader(f"reader{one}@bank.example", hour=7, time_zone="UTC")
        made.append(digest.delivery_for(rows.ready_edition(user, EIGHT.date(), [])))
    return made


def states() -> list[str]:
    return list(Delivery.objects.order_by("pk").values_list("state", flat=True))


def soon() -> None:
    """Whatever waits has waited."""
    Delivery.objects.filter(due_at__isnull=False).update(due_at=Now() - timedelta(seconds=1))
    MailDoor.objects.update(paused_until=None)


@pytest.mark.parametrize(
    ("code", "words", "stage", "means"),
    [
        (450, "4.2.0 greylisted", "rcpt", Verdict.AGAIN),
        (451, "try again", "data", Verdict.AGAIN),
        (452, "4.2.2 mailbox full", "rcpt", Verdict.AGAIN),
        (421, "closing", "data", Verdict.PAUSE),
        (450, "4.7.1 too many messages", "rcpt", Verdict.PAUSE),
        (454, "Throttling failure: maximum sending rate exceeded", "data", Verdict.PAUSE),
        (550, "5.1.1 no such user", "rcpt", Verdict.MAILBOX),
        (550, "no such user", "rcpt", Verdict.MAILBOX),
        (550, "5.2.1 mailbox disabled", "data", Verdict.MAILBOX),
        (550, "5.7.1 relaying denied", "rcpt", Verdict.REFUSED),
        (552, "5.2.2 mailbox full", "rcpt", Verdict.REFUSED),
        (554, "5.7.1 message looks like spam", "data", Verdict.REFUSED),
        (554, "transaction failed", "data", Verdict.REFUSED),
        (553, "sender not verified", "mail", Verdict.OURS),
        (451, "sender unknown for now", "mail", Verdict.OURS),
    ],
)
def test_a_refusal_is_about_the_mail_the_mailbox_or_us(
    code: int, words: str, stage: str, means: Verdict
) -> None:
    assert verdict(code, words, stage) is means


def test_many_go_over_one_line(mail: MailServer) -> None:
    queued(12)
    assert digest.deliver_due(EIGHT) == 12
    assert states() == ["sent"] * 12
    assert (len(mail.accepted), mail.greeted) == (12, 1)
    assert len({letter["Message-ID"] for letter in mail.accepted}) == 12
    assert {letter["To"] for letter in mail.accepted} == {f"reader{one}@bank.example" for one in range(12)}


def test_one_mailbox_that_is_none_fails_alone_and_is_held(mail: MailServer) -> None:
    queued(3)
    mail.answers = ["250 OK", "550 5.1.1 no such mailbox", "250 OK"]
    digest.deliver_due(EIGHT)
    assert sorted(states()) == ["failed", "sent", "sent"]
    failed = Delivery.objects.get(state="failed").edition.reader
    held = suppressed.of(failed.email)
    assert held is not None
    assert "5.1.1 no such mailbox" in held.detail
    later = rows.ready_edition(failed, EIGHT.date() + timedelta(days=1), [])
    digest.queue_deliveries(EIGHT + timedelta(days=1))
    assert not later.deliveries.exists()


def test_a_refusal_for_what_we_are_holds_no_mailbox(mail: MailServer) -> None:
    queued(1)
    mail.answers = ["554 5.7.1 your address is on a list"]
    digest.deliver_due(EIGHT)
    assert states() == ["failed"]
    assert suppressed.among(["reader0@bank.example"]) == set()


def test_a_bounce_that_is_reported_while_the_mail_waits_stops_it(mail: MailServer) -> None:
    queued(1)
    mail.at_greeting = lambda: bounced("reader0@bank.example")
    digest.deliver_due(EIGHT)
    assert (states(), mail.accepted) == (["skipped"], [])


def bounced(address: str) -> None:

    suppressed.hold(address, "bounced", "no such mailbox", datetime.now(UTC))
    connection.close()


def test_a_server_that_closes_is_left_alone_by_all_and_nothing_is_lost(mail: MailServer) -> None:
    queued(4)
    mail.answers = ["250 OK", "421 4.7.0 slow down"]
    digest.deliver_due(EIGHT)
    assert sorted(states()) == ["queued", "queued", "queued", "sent"]
    assert mail_door.is_paused()
    assert digest.deliver_due(EIGHT) == 0
    assert sorted(Delivery.objects.values_list("attempt", flat=True)) == [0, 0, 0, 1], (
        "one try, and only its own"
    )
    soon()
    digest.deliver_due(EIGHT)
    assert states() == ["sent"] * 4
    assert len(mail.accepted) == 4


def test_hours_without_a_mail_server_use_up_no_tries_and_end_within_minutes(
    mail: MailServer, settings: Any
) -> None:
    queued(3)
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    for _ in range(40):
        digest.deliver_due(EIGHT)
        soon()
    assert set(Delivery.objects.values_list("state", "attempt")) == {("queued", 0)}
    assert mail_door.failed("x") == mail_door.LONGEST_PAUSE
    soon()
    settings.EMAIL_PORT = port
    MailDoor.objects.update(server=f"127.0.0.1:{port}")  # it is the same server, back again
    digest.deliver_due(EIGHT + timedelta(hours=3))
    assert states() == ["sent"] * 3
    door = MailDoor.objects.get(server=f"127.0.0.1:{port}")
    assert door.failures == 0


def test_after_half_a_day_without_one_they_are_too_late(mail: MailServer) -> None:
    queued(1)
    Edition.objects.update(created_at=EIGHT)
    digest.deliver_due(EIGHT + timedelta(hours=13))
    assert (states(), mail.accepted) == (["skipped"], [])


def test_it_keeps_the_rate_that_a_provider_takes(mail: MailServer, settings: Any) -> None:
    settings.EMAIL_PER_SECOND = 20.0
    queued(6)
    begun = datetime.now(UTC)
    digest.deliver_due(EIGHT)
    assert datetime.now(UTC) - begun >= timedelta(seconds=5 / 20)
    assert states() == ["sent"] * 6
    settings.EMAIL_PER_SECOND = 0.1
    assert mail_door.turn() == pytest.approx(0, abs=0.1)
    assert mail_door.turn() is None, "ten seconds are too long to wait; it comes again later"


def test_a_line_that_was_dropped_between_two_mails_costs_neither(mail: MailServer) -> None:
    """As after a server's limit of messages a connection: nothing was said yet, so it is said again."""
    queued(2)
    mail.answers = ["drop"]
    digest.deliver_due(EIGHT)
    soon()
    digest.deliver_due(EIGHT)
    assert sorted(states()) == ["sent", "unknown"]
    assert len(mail.accepted) == 2


def test_a_worker_that_finds_nothing_due_writes_nothing(mail: MailServer) -> None:
    """Each run ends so, and so does each nudge that comes after another's."""
    queued(1)
    digest.deliver_due(EIGHT)
    with statements() as asked:
        assert digest.deliver_due(EIGHT) == 0
    assert len(asked) > 0
    assert [one for one in asked if not one.startswith("SELECT")] == []


def test_what_a_dead_worker_had_not_begun_is_sent_and_what_it_had_is_not(mail: MailServer) -> None:
    begun, waiting = queued(2)
    earlier = datetime(2026, 1, 1, tzinfo=UTC)
    Delivery.objects.update(attempt=1, lease_until=earlier, held_by=sent.place())
    sent.note(begun)
    digest.deliver_due(EIGHT)
    assert states() == ["unknown", "sent"]
    assert [letter["Message-ID"] for letter in mail.accepted] == [waiting.message_id]


def test_what_a_machine_that_went_down_had_claimed_is_unknown(mail: MailServer) -> None:
    queued(2)
    folder = sent.place().partition("/")[0]
    earlier = datetime(2026, 1, 1, tzinfo=UTC)
    first, second = Delivery.objects.order_by("pk")
    Delivery.objects.filter(pk=first.pk).update(
        attempt=1, lease_until=earlier, held_by=f"{folder}/an-earlier-start"
    )
    Delivery.objects.filter(pk=second.pk).update(
        attempt=1, lease_until=earlier, held_by="another-machine/its-start"
    )
    digest.deliver_due(EIGHT)
    assert states() == ["unknown", "sent"], "another machine's rows tell all that is to be known"


def test_a_letter_is_made_with_the_edition_and_gone_when_it_went(mail: MailServer) -> None:
    ada = rows.reader("ada@bank.example", hour=7, time_zone="UTC")
    row = factories.edition_of_two(ada, EIGHT.date())
    letter = letters.make(row, EIGHT)
    assert b"ada@bank.example" not in bytes(letter.message)
    ada.email = "ada@new.example"
    ada.save()
    digest.queue_deliveries(EIGHT)
    digest.deliver_due(EIGHT)
    assert mail.accepted[0]["To"] == "ada@new.example"
    assert not Letter.objects.exists()


def test_a_correction_takes_letters_that_do_not_know_of_it(mail: MailServer) -> None:
    ada = rows.reader("ada@bank.example", hour=7, time_zone="UTC")
    brief, article = factories.weights(), Article.objects.get()
    row = rows.ready_edition(ada, EIGHT.date(), [(brief, None)])
    letters.make(row, EIGHT)
    rows.edit(article, "with 80 gigabytes", "with 160 gigabytes")
    assert correct.catch_up(rows.NOON + timedelta(hours=1))
    assert not Letter.objects.exists()
    digest.queue_deliveries(EIGHT)
    digest.deliver_due(EIGHT)
    body = mail.accepted[0].get_body(("plain",))
    assert body is not None
    assert "No longer stands" in body.get_content()


def test_a_letter_that_a_correction_overtook_while_it_was_made_is_made_anew(mail: MailServer) -> None:
    ada = rows.reader("ada@bank.example", hour=7, time_zone="UTC")
    brief, article = factories.weights(), Article.objects.get()
    row = rows.ready_edition(ada, EIGHT.date(), [(brief, None)])
    ignorant = letters.make(row, EIGHT)
    rows.edit(article, "with 80 gigabytes", "with 160 gigabytes")
    noticed = ignorant.made_at - timedelta(seconds=5)
    assert correct.catch_up(noticed)
    ignorant.save(force_insert=True)
    digest.queue_deliveries(EIGHT)
    digest.deliver_due(EIGHT)
    body = mail.accepted[0].get_body(("plain",))
    assert body is not None
    assert "No longer stands" in body.get_content()


def test_the_mail_of_an_edition_that_is_prepared_again_waits_for_it(mail: MailServer) -> None:
    queued(1)
    Edition.objects.update(state="queued")
    digest.deliver_due(EIGHT)
    assert (states(), mail.accepted) == (["queued"], [])
    Edition.objects.update(state="ready")
    soon()
    digest.deliver_due(EIGHT)
    assert (states(), len(mail.accepted)) == (["sent"], 1)


def test_who_pauses_after_the_letter_was_made_gets_none(mail: MailServer) -> None:
    queued(1)
    Profile.objects.update(paused_until=EIGHT.date() + timedelta(days=7))
    digest.deliver_due(EIGHT)
    assert (states(), mail.accepted) == (["skipped"], [])


def test_a_mail_that_cannot_be_made_holds_up_no_other(mail: MailServer) -> None:
    ada = rows.reader("ada@bank.example", hour=7, time_zone="UTC")
    broken = rows.ready_edition(ada, EIGHT.date(), [(factories.weights(), None)])
    broken.items.get().brief.story.briefs.update(body={"verification": {"sentences": 1}})
    first = digest.delivery_for(broken)
    queued(2)
    digest.deliver_due(EIGHT)
    assert states() == ["queued", "sent", "sent"]
    first.refresh_from_db()
    assert "its mail cannot be made" in first.error
    assert first.attempt == 1


def test_a_worker_that_was_held_up_past_its_lease_sends_nothing_that_another_has_sent(
    mail: MailServer,
) -> None:
    queued(2)
    mail.answers = ["hold"]
    with ThreadPoolExecutor(1) as apart:
        late = apart.submit(_deliver_apart)
        assert mail.holding.wait(20)
        Delivery.objects.update(lease_until=Now() - timedelta(seconds=1))
        digest.deliver_due(EIGHT)
        assert states() == ["unknown", "sent"], "of the first nobody else knows whether it went"
        mail.release.set()
        late.result(20)
    assert states() == ["unknown", "sent"]
    assert len({letter["To"] for letter in mail.accepted}) == len(mail.accepted) == 2


def _deliver_apart() -> None:

    digest.deliver_due(EIGHT)
    connection.close()


def test_a_slow_server_is_sent_no_more_than_fits_in_the_lease(mail: MailServer) -> None:
    rows_ = queued(3)
    with Postman(EIGHT) as postman:
        some = claim([row.pk for row in rows_])
        mail.judge = lambda _: setattr(postman, "until", 0.0) or ""  # type: ignore[func-returns-value]
        postman.carry(some)
    assert len(mail.accepted) == 1
    assert sorted(states()) == ["queued", "queued", "sent"]
    mail.judge = None
    digest.deliver_due(EIGHT)
    assert (states(), len(mail.accepted)) == (["sent"] * 3, 3)
