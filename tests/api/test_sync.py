"""One call brings a device up to date: nothing is left out, whatever goes on at once."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from briefings import changes, saved
from briefings.api.sync import KINDS
from briefings.feedback import opened
from briefings.models import Brief, Correction, Edition, Saved, State, Tombstone
from tests.api.device import Device, device_of, problem
from tests.briefings import factories, rows
from users.models import User


def sync(phone: Device, cursor: str = "", limit: int = 50) -> Any:
    answer = phone.get(f"/sync?cursor={cursor}&limit={limit}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def copied(phone: Device, cursor: str = "", limit: int = 50, copy: dict[str, set[str]] | None = None) -> Any:
    """A device's copy after as many calls as it takes, and its cursor."""
    copy = copy if copy is not None else {kind: set() for kind in KINDS}
    while True:
        told = sync(phone, cursor, limit)
        copy["edition"] |= {one["date"] for one in told["editions"]}
        copy["saved"] |= {one["brief"] for one in told["saved"]}
        copy["read"] |= {one["brief"] for one in told["read"]}
        copy["correction"] |= {one["brief"] for one in told["corrections"]}
        for one in told["gone"]:
            copy[one["kind"]].discard(one["key"])
        cursor = told["cursor"]
        if not told["more"]:
            return copy, cursor


def correct(brief: Brief) -> None:
    article, revision = brief.articles[0]
    strike = {
        "where": "headline",
        "text": brief.body["headline"]["text"],
        "article": article,
        "why": "another",
    }
    Correction.objects.create(
        brief=brief, article_id=article, from_revision=revision, to_revision=revision + 1, publisher="OpenAI News",
        title="GPT-5 is here", struck=[strike], major=True, changed_at=timezone.now(),
    )  # fmt: skip


@pytest.mark.django_db
def test_it_tells_everything_first_and_then_what_changed(
    phone: Device, ada: User, edition: Edition, brief: Brief
) -> None:
    first = sync(phone)
    assert first["reset"] is True
    assert [one["date"] for one in first["editions"]] == [str(edition.local_date)]
    phone.put(f"/saved/{brief.pk}")
    copy, cursor = copied(phone, first["cursor"])
    assert copy["saved"] == {brief.pk}
    correct(brief)
    rows.ready_edition(ada, edition.local_date - timedelta(days=1), [(brief, None)])
    copy, cursor = copied(phone, cursor, copy=copy)
    assert copy["correction"] == {brief.pk}
    assert str(edition.local_date - timedelta(days=1)) in copy["edition"]


@pytest.mark.django_db
def test_what_went_is_told_as_gone(phone: Device, edition: Edition, brief: Brief) -> None:
    phone.put(f"/saved/{brief.pk}")
    _, cursor = copied(phone)
    phone.delete(f"/saved/{brief.pk}")
    Edition.objects.update(state=State.QUEUED)
    told = sync(phone, cursor)
    gone = {(one["kind"], one["key"]) for one in told["gone"]}
    assert gone == {("saved", brief.pk), ("edition", str(edition.local_date))}
    Edition.objects.update(state=State.READY)
    phone.put(f"/saved/{brief.pk}")
    assert not Tombstone.objects.exists(), "what is there again is not gone"
    assert sync(phone)["gone"] == [], "a device that begins has nothing to forget"


@pytest.mark.django_db
def test_what_is_read_or_unread_on_one_device_is_so_on_another(
    phone: Device, ada: User, edition: Edition, brief: Brief
) -> None:
    tablet = device_of(ada, "Tablet")
    copy, cursor = copied(tablet)
    assert phone.put(f"/briefs/{brief.pk}/read").status_code == 204
    copy, cursor = copied(tablet, cursor, copy=copy)
    assert copy["read"] == {brief.pk}
    assert phone.delete(f"/briefs/{brief.pk}/read").status_code == 204
    copy, cursor = copied(tablet, cursor, copy=copy)
    assert copy["read"] == set()
    assert opened.mark(ada, brief.pk), "on a page"
    copy, _ = copied(tablet, cursor, copy=copy)
    assert copy["read"] == {brief.pk}
    assert not Tombstone.objects.exists()


@pytest.mark.django_db
def test_it_comes_by_pages_without_a_gap(phone: Device, ada: User, edition: Edition, brief: Brief) -> None:
    for back in range(1, 8):
        rows.ready_edition(ada, edition.local_date - timedelta(days=back), [(brief, None)])
    phone.put(f"/saved/{brief.pk}")
    correct(brief)
    copy, _ = copied(phone, limit=3)
    assert copy == copied(phone)[0]
    assert (len(copy["edition"]), len(copy["saved"]), len(copy["correction"])) == (8, 1, 1)


@pytest.mark.django_db
def test_a_device_that_was_away_too_long_or_comes_from_elsewhere_begins_anew(
    phone: Device, edition: Edition
) -> None:
    from briefings.api import pages

    _, cursor = copied(phone)
    start, following, day, _ = pages.read(cursor)
    assert sync(phone, cursor)["reset"] is False
    away = pages.write([start, following, day - changes.KEPT.days, None])
    restored = pages.write([start + 10**9, following, day, None])
    for old in (away, restored):
        told = sync(phone, old)
        assert told["reset"] is True
        assert told["editions"]
    for wrong in ("x", pages.write([1]), pages.write([-1, 0, 0, None]), pages.write([10**30, 0, 0, None])):
        problem(phone.get(f"/sync?cursor={wrong}"), 422, "invalid")


@pytest.mark.django_db
def test_a_strangers_changes_are_not_told(
    stranger: Device, phone: Device, edition: Edition, brief: Brief
) -> None:
    phone.put(f"/saved/{brief.pk}")
    phone.delete(f"/saved/{brief.pk}")
    phone.put(f"/briefs/{brief.pk}/read")
    correct(brief)
    told = sync(stranger)
    assert not any(told[name] for name in ("editions", "saved", "read", "corrections", "gone"))


@pytest.mark.django_db
def test_tombstones_go_with_the_reader_and_with_time(phone: Device, ada: User, brief: Brief) -> None:
    phone.put(f"/saved/{brief.pk}")
    phone.delete(f"/saved/{brief.pk}")
    assert changes.forget(timezone.now()) == 0
    assert changes.forget(timezone.now() + changes.KEPT + timedelta(days=1)) == 1
    phone.put(f"/saved/{brief.pk}")
    ada.delete()
    assert not Tombstone.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_what_is_committed_late_is_not_left_out() -> None:
    """A change that was begun before a device asked, and ended after, has a lower number than what it was told."""
    ada = rows.reader("ada@bank.example")
    first, second = (one.brief for one in factories.edition_of_two(ada).items.all())
    phone = device_of(ada)
    begun, ends = threading.Event(), threading.Event()

    def slow() -> None:
        try:
            with transaction.atomic():
                saved.save(ada, first.pk)
                begun.set()
                ends.wait(30)
        finally:
            connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    assert begun.wait(30)
    saved.save(ada, second.pk)
    assert Saved.objects.get().brief_id == second.pk
    copy, cursor = copied(phone)
    assert copy["saved"] == {second.pk}, "what is committed is told at once"
    ends.set()
    thread.join()
    copy, cursor = copied(phone, cursor, copy=copy)
    assert copy["saved"] == {first.pk, second.pk}


@pytest.mark.django_db(transaction=True)
def test_a_device_that_has_all_is_told_so_by_304() -> None:
    ada = rows.reader("ada@bank.example")
    factories.edition_of_two(ada)
    phone = device_of(ada)
    _, cursor = copied(phone)
    _, cursor = copied(phone, cursor)
    tag = phone.get(f"/sync?cursor={cursor}").headers["ETag"]
    assert phone.get(f"/sync?cursor={cursor}", If_None_Match=tag).status_code == 304
