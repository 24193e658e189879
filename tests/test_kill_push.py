"""kill -9 while a push is on its way: unknown, and never sent again; the next one goes, by the real sweeps."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.fakes.push_service import Phone, PushService, push_service
from tests.processes import Instance, Running, noon, state_directory, wait_for
from tests.test_kill import PATIENCE, kill_the_worker, nudge, one

pytestmark = pytest.mark.processes
# A reader past their hour, with a phone and a quiet day's edition; at once, or a sweep comes between and makes theirs.
READER = """
from datetime import datetime
from django.db import transaction
from django.utils import timezone
from briefings.models import Edition
from briefings.push import subscribe
from tests.briefings import rows
email, told = {email!r}, {told}
with transaction.atomic():
    reader = rows.reader(email, time_zone={zone!r}, hour=7, digest=False)
    subscribe.add(reader, told["endpoint"], told["keys"]["p256dh"], told["keys"]["auth"], "Phone")
    day = datetime.now(reader.profile.time_zone).date()
    made = rows.ready_edition(reader, day, [])
    Edition.objects.filter(pk=made.pk).update(goes_at=timezone.now())
"""
STATE = """
    SELECT push.state, push.due_at, push.error FROM briefings_pushdelivery push
    JOIN briefings_pushsubscription device ON device.id = push.subscription_id
    JOIN users_user reader ON reader.id = device.reader_id
    WHERE reader.email = %s AND push.state NOT IN ('queued', 'sending')
"""


@pytest.fixture(scope="module")
def service() -> Iterator[PushService]:
    with push_service() as running:
        yield running


@pytest.fixture(scope="module")
def pushing() -> Iterator[Running]:
    with state_directory() as var:
        instance = Instance(var, {"NUTGRAF_PUSH_ALLOW": "127.0.0.0/8"})
        with instance.up("--no-sample", "--no-catalogue") as running:
            yield running


def due(running: Running, email: str, phone: Phone) -> None:
    told = json.dumps({"endpoint": phone.endpoint, "keys": phone.keys})
    done = running.instance.manage("shell", "-c", READER.format(email=email, told=told, zone=str(noon())))
    assert done.returncode == 0, done.stderr
    nudge(running, "briefings.tasks.sweep_deliveries")


def test_one_whose_worker_is_killed_is_unknown_and_never_sent_again(
    pushing: Running, service: PushService
) -> None:
    phone = service.phone()
    service.answers.append("hold")
    due(pushing, "ada@bank.example", phone)
    assert service.holding.wait(PATIENCE), "no push came"
    kill_the_worker(pushing)
    service.release.set()
    state, due_at, error = wait_for(
        lambda: one(pushing, STATE, "ada@bank.example"), PATIENCE, "the end of it"
    )
    assert (state, due_at) == ("unknown", None)
    assert "not sent again" in error
    assert len(phone.pushes) == 1


def test_the_next_one_goes_once(pushing: Running, service: PushService) -> None:
    phone = service.phone()
    due(pushing, "ben@fund.example", phone)
    found = wait_for(lambda: one(pushing, STATE, "ben@fund.example"), PATIENCE, "the push")
    assert found == ("sent", None, "")
    assert phone.told[0]["title"].startswith("A quiet day in AI")
    assert len(phone.pushes) == 1
