"""A push service and readers with phones, for the tests of pushes."""

from __future__ import annotations

import ipaddress
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db.models.functions import Now

from briefings.models import PushDelivery, PushSubscription
from briefings.push import subscribe
from tests.fakes.push_service import Phone, PushService, push_service
from users.models import User

EIGHT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


@pytest.fixture
def pushes(settings: Any, tmp_path: Path) -> Iterator[PushService]:
    settings.NUTGRAF_VAR = tmp_path
    settings.NUTGRAF_PUSH_KEY = secrets.token_urlsafe(32)
    settings.NUTGRAF_PUSH_ALLOW = [ipaddress.ip_network("127.0.0.0/8")]
    with push_service() as service:
        yield service


def turned_on(user: User, phone: Phone, label: str = "Phone") -> PushSubscription:
    return subscribe.add(user, phone.endpoint, phone.keys["p256dh"], phone.keys["auth"], label)


def states() -> list[str]:
    return list(PushDelivery.objects.order_by("pk").values_list("state", flat=True))


def soon() -> None:
    """Whatever waits has waited."""
    PushDelivery.objects.filter(due_at__isnull=False).update(due_at=Now() - timedelta(seconds=1))
