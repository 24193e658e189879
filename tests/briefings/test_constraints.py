"""What the database itself refuses, whatever the code above it forgets."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from briefings.models import Brief, Correction, Delivery, Edition, Lens, Notice, State
from ingest.models import Article, Story
from tests.briefings import rows
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


def correction(**changes: Any) -> Correction:
    row = Brief.objects.first() or brief(state=State.READY, **VERIFIED)
    article = Article.objects.first() or rows.article(
        row.story, rows.source("News"), "GPT-5", ["It is here."]
    )
    usual: dict[str, Any] = {"from_revision": 1, "to_revision": 2, "restored": ["headline"]}
    return Correction.objects.create(
        **{
            "brief": row,
            "article": article,
            "publisher": "News",
            "title": "GPT-5",
            "changed_at": NOW,
            **usual,
            **changes,
        }
    )


def test_it_refuses_a_second_correction_of_a_brief_by_one_revision() -> None:
    correction()
    with pytest.raises(IntegrityError, match="one_correction_per_brief_and_revision"):
        correction()


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ({"from_revision": 2}, "correction_by_a_later_revision"),
        ({"restored": []}, "correction_corrects_something"),
    ],
)
def test_it_refuses_a_correction_that_corrects_nothing(wrong: dict[str, Any], name: str) -> None:
    with pytest.raises(IntegrityError, match=name):
        correction(**wrong)


def test_it_refuses_a_correction_that_replaces_a_brief_by_itself() -> None:
    row = brief(state=State.READY, **VERIFIED)
    with pytest.raises(IntegrityError, match="correction_replaces_by_another"):
        correction(brief=row, replacement=row)


def test_what_was_told_of_a_correction_stays_as_it_was_told() -> None:
    made = correction()
    Correction.objects.update(article=None, replacement=None)
    for change in ({"struck": [{}]}, {"restored": ["lead.0"]}, {"publisher": "Nobody"}, {"noticed_at": NOW}):
        with pytest.raises(ProgrammingError, match="Cannot update"), transaction.atomic():
            Correction.objects.filter(pk=made.pk).update(**change)


def test_each_reader_is_told_once_and_in_an_edition_of_their_own() -> None:
    made, first = correction(), edition()
    later = Edition.objects.create(
        reader=first.reader, local_date=date(2025, 8, 9), role="cto", industry="finance"
    )
    Notice.objects.create(edition=first, correction=made, reader=first.reader)
    with pytest.raises(IntegrityError, match="one_notice_per_reader_and_correction"), transaction.atomic():
        Notice.objects.create(edition=later, correction=made, reader=first.reader)
    ben = User.objects.create_user("ben@example.org")
    with pytest.raises(IntegrityError, match="not for the reader of its edition"):
        Notice.objects.create(edition=later, correction=made, reader=ben)
