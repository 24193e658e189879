"""What the database itself refuses, whatever the code above it forgets."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from briefings.models import Brief, Delivery, Edition, Lens, State
from ingest.models import Story
from users.models import User

pytestmark = pytest.mark.django_db
NOW = datetime(2025, 8, 8, 9, tzinfo=UTC)
BODY = {"verification": {"sentences": 1}}
VERIFIED: dict[str, Any] = {"body": BODY, "verified_at": NOW, "written_at": NOW, "unsupported": 0}


def brief(**changes: Any) -> Brief:
    story = Story.objects.create(title="OpenAI launches GPT-5", happened_at=NOW, last_at=NOW)
    return Brief.objects.create(story=story, version=1, fingerprint="one", **changes)


def edition() -> Edition:
    ada = User.objects.create_user("ada@example.org")
    return Edition.objects.create(reader=ada, local_date=date(2025, 8, 8), role="cto", industry="finance")


@pytest.mark.parametrize(
    "missing",
    [
        {"body": None},
        {"verified_at": None},
        {"written_at": None},
        {"unsupported": None},
        {"unsupported": 1},
        {"body": {}},
        {"body": {"verification": {}}},
        {"body": {"verification": None}},
        {"body": {"verification": {"sentences": 0}}},
        {"body": {"verification": {"sentences": None}}},
    ],
)
def test_it_refuses_a_ready_brief_that_is_not_verified(missing: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match="ready_brief_is_verified"):
        brief(state=State.READY, **(VERIFIED | missing))


def test_it_takes_a_ready_brief_that_is_verified() -> None:
    assert brief(state=State.READY, **VERIFIED).pk


def test_it_refuses_a_ready_lens_that_is_not_verified() -> None:
    ready = brief(state=State.READY, **VERIFIED)
    with pytest.raises(IntegrityError, match="ready_lens_is_verified"):
        Lens.objects.create(brief=ready, role="cto", industry="finance", state=State.READY, body={})


def test_it_refuses_a_second_brief_of_the_same_articles_and_a_second_lens_for_the_same_reader() -> None:
    first = brief()
    with pytest.raises(IntegrityError, match="one_brief_per_fingerprint"), transaction.atomic():
        Brief.objects.create(story=first.story, version=2, fingerprint=first.fingerprint)
    Lens.objects.create(brief=first, role="cto", industry="finance")
    with pytest.raises(IntegrityError, match="one_lens_per_brief_role_industry"):
        Lens.objects.create(brief=first, role="cto", industry="finance")


def test_it_refuses_a_second_edition_of_a_day_and_a_second_delivery_of_an_edition() -> None:
    first = edition()
    with pytest.raises(IntegrityError, match="one_edition_per_reader_and_date"), transaction.atomic():
        Edition.objects.create(
            reader=first.reader, local_date=first.local_date, role="cto", industry="finance"
        )
    Delivery.objects.create(edition=first, message_id="<one@example.org>")
    with pytest.raises(IntegrityError, match="one_delivery_per_edition_and_channel"):
        Delivery.objects.create(edition=first, message_id="<two@example.org>")
