"""F50: last night's dump is restored at noon. The day is told again on the pages, and mailed to nobody twice."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from briefings import digest, sent
from briefings.models import Delivery, Edition
from tests.briefings import rows
from tests.briefings.factories import edition_of_two
from tests.fakes.mail_server import MailServer, mail_server
from tests.processes import Instance, noon, state_directory
from users.models import User

READER = f"""
from users.models import Profile, User
reader = User.objects.create_user("ada@bank.example")
Profile.objects.create(user=reader, role="cto", industry="finance", time_zone="{noon()}", hour=7, digest=True)
"""
EIGHT = datetime(2026, 11, 23, 8, tzinfo=UTC)


@pytest.fixture(scope="module")
def night() -> Iterator[Instance]:
    """An installation with the sample and one reader, and its backup beside its data."""
    with state_directory() as var:
        instance = Instance(var)
        assert instance.manage("ingest", "--sample").returncode == 0
        shell(instance, READER)
        instance.json("backup", str(var / "night.backup"))
        yield instance


@pytest.fixture
def outside(night: Instance) -> Iterator[tuple[Instance, MailServer, Path]]:
    """A copy of it for each test, with a mail server."""
    with state_directory() as folder, mail_server() as server:
        instance = night.copied(folder / "var", {"EMAIL_URL": server.url})
        yield instance, server, instance.var / "night.backup"


def shell(instance: Instance, code: str) -> None:
    done = instance.manage("shell", "-c", code)
    assert done.returncode == 0, done.stderr


@pytest.mark.processes
def test_a_restored_dump_sends_nobody_the_same_mail_again(outside: tuple[Instance, MailServer, Path]) -> None:
    instance, mail, file = outside
    first = instance.json("digest")
    assert (first["sent"], len(mail.accepted)) == (1, 1)
    assert instance.json("restore", str(file), "--force")["mails_unknown"] == 0, (
        "the notes here tell which went"
    )
    again = json.loads(instance.manage("digest", "--json").stdout)  # it ends with 1, as one is unknown
    assert (again["due"], again["sent"], again["unknown"]) == (1, 0, 1)
    assert len(mail.accepted) == 1
    assert instance.manage("ledger", "verify").returncode == 0


@pytest.mark.processes
@pytest.mark.parametrize("own", [False, True], ids=["new", "with an installation of its own"])
def test_a_copy_on_another_machine_sends_nothing_that_may_have_gone(
    outside: tuple[Instance, MailServer, Path], own: bool
) -> None:
    """There are no notes; the pages have the day's edition all the same, and the next day's mail goes."""
    instance, mail, file = outside
    assert instance.json("digest")["sent"] == 1
    with state_directory() as var:
        copy = Instance(var, instance.extra)
        if own:  # notes of an older installation of its own, which tell nothing of these readers
            assert copy.manage("migrate").returncode == 0
            (var / "sent").mkdir()
            (var / "sent" / "name").write_text("0123456789abcdef")
            os.utime(var / "sent" / "name", (0, 0))
        restored = copy.json("restore", str(file))
        assert (restored["readers"], restored["mails_unknown"]) == (1, 1)
        assert copy.json("digest") == {"due": 0, "sent": 0, "skipped": 0, "failed": 0, "unknown": 0}
        today = datetime.now(UTC).date()
        assert copy.json("edition", "ada@bank.example", "--date", str(today))["date"] == str(today)
        assert len(mail.accepted) == 1
        shell(copy, "from briefings.models import Edition; Edition.objects.update(sample=False)")
        tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
        assert copy.json("digest", "--now", tomorrow)["due"] == 1
        assert copy.manage("ledger", "verify").returncode == 0


@pytest.mark.django_db(transaction=True)
def test_a_note_stands_for_one_reader_and_date_only(mail: MailServer) -> None:
    ada = rows.reader("ada@bank.example", hour=7, time_zone="UTC")
    today = edition_of_two(ada, EIGHT.date())
    assert digest.run(EIGHT).sent == 1
    Delivery.objects.all().delete()
    Edition.objects.filter(pk=today.pk).update(local_date=EIGHT.date() + timedelta(days=1))
    assert digest.run(EIGHT + timedelta(days=1)).sent == 1, "tomorrow's is another mail"
    Delivery.objects.all().delete()
    assert digest.run(EIGHT + timedelta(days=1)).unknown == 1
    User.objects.update(date_joined=EIGHT)
    Delivery.objects.all().delete()
    assert digest.run(EIGHT + timedelta(days=1)).sent == 1, "another account with the same number"


@pytest.mark.django_db(transaction=True)
def test_a_mail_that_was_refused_leaves_no_note(mail: MailServer) -> None:
    ada = rows.reader("ada@bank.example", hour=7, time_zone="UTC")
    row = digest.delivery_for(edition_of_two(ada, EIGHT.date()))
    mail.answers = ["451 try again later"]
    digest.deliver(row.pk, EIGHT)
    assert not sent.before(row)
    Delivery.objects.update(due_at=EIGHT)
    digest.deliver(row.pk, EIGHT)
    assert sent.before(row)
    assert len(mail.accepted) == 1


@pytest.mark.django_db(transaction=True)
def test_a_mail_that_cannot_be_noted_does_not_go(mail: MailServer, tmp_path: Path) -> None:
    (tmp_path / "sent").write_text("no folder can be made here")
    ada = rows.reader("ada@bank.example", hour=7, time_zone="UTC")
    row = digest.delivery_for(edition_of_two(ada, EIGHT.date()))
    digest.deliver(row.pk, EIGHT)
    row.refresh_from_db()
    assert (row.state, mail.accepted) == (Delivery.State.QUEUED, [])
    assert "cannot be noted" in row.error
    (tmp_path / "sent").unlink()
    Delivery.objects.update(due_at=EIGHT)
    digest.deliver(row.pk, EIGHT)
    assert len(mail.accepted) == 1


@pytest.mark.django_db(transaction=True)
def test_notes_of_long_ago_are_cleared_away(mail: MailServer, tmp_path: Path) -> None:
    for name in ("2026-11-01", "2026-11-22", "not a date"):
        (tmp_path / "sent" / name).mkdir(parents=True)
    edition_of_two(rows.reader("ada@bank.example", hour=7, time_zone="UTC"), EIGHT.date())
    digest.run(EIGHT)
    assert {one.name for one in (tmp_path / "sent").iterdir()} == {
        "2026-11-22",
        "2026-11-23",
        "not a date",
        "name",  # of the folder itself
    }
