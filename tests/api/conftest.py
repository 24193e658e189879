"""Ada with a phone and an edition of today, Cal the stranger with one."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.utils import timezone

from briefings.api import documents
from briefings.models import Brief, Edition
from tests.api.device import Device, device_of
from tests.briefings import factories, rows
from users.models import User


@pytest.fixture(autouse=True)
def _fresh(request: pytest.FixtureRequest) -> None:
    if request.node.get_closest_marker("django_db"):
        cache.clear()
    documents.forget()


@pytest.fixture
def ada() -> User:
    return rows.reader("ada@bank.example")


@pytest.fixture
def edition(ada: User) -> Edition:
    return factories.edition_of_two(ada, timezone.now().date())


@pytest.fixture
def brief(edition: Edition) -> Brief:
    return edition.items.get(rank=1).brief


@pytest.fixture
def phone(ada: User) -> Device:
    return device_of(ada)


@pytest.fixture
def stranger() -> Device:
    return device_of(rows.reader("cal@elsewhere.example"))
