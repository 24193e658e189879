"""Who is planned, prepared and mailed when: by slots, whatever the timetable and the reader do meanwhile."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test import Client
from django.test.utils import CaptureQueriesContext

from briefings import digest, edition
from briefings.models import Brief, Delivery, Edition
from ingest.models import Story
from tests.briefings import rows
from tests.briefings.rows import ready_edition
from users import suppressed
from users.models import Profile, Rhythm, User

pytestmark = pytest.mark.django_db(transaction=True)
SEVEN = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)  # a Monday
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
HALF = timedelta(minutes=30)


def reader(email: str = "ada@bank.example", **profile: object) -> User:
    return rows.reader(email, **{"hour": 7, "time_zone": "UTC", "onboarded_at": LONG_AGO, **profile})  # type: ignore[arg-type]


def dates(user: User) -> list[date]:
    return list(
        Edition.objects.filter(reader=user).order_by("local_date").values_list("local_date", flat=True)
    )


def test_it_plans_each_reader_once_and_looks_at_them_again_a_day_later() -> None:
    ada = reader()
    digest.queue_editions(SEVEN - HALF)
    assert dates(ada) == [SEVEN.date()]
    ada.profile.refresh_from_db()
    assert ada.profile.slot_at == SEVEN + timedelta(days=1)
    digest.queue_editions(SEVEN)
    assert dates(ada) == [SEVEN.date()]
    digest.queue_editions(SEVEN + timedelta(days=1))
    assert dates(ada) == [SEVEN.date(), SEVEN.date() + timedelta(days=1)]


def test_what_is_planned_is_due_by_the_databases_clock_and_told_as_changed() -> None:
    readers = [reader(f"reader{number}@bank.example") for number in range(3)]
    rows.ready_edition(readers[0], SEVEN.date() - timedelta(days=1), [])
    with CaptureQueriesContext(connection) as asked:
        digest.queue_editions(SEVEN)
    assert any("briefings_edition" in one["sql"] and "UNNEST" in one["sql"] for one in asked)
    planned = Edition.objects.filter(local_date=SEVEN.date())
    assert planned.filter(due_at__lte=Now(), due_at__gt=Now() - timedelta(minutes=1)).count() == 3
    (changed,) = set(planned.values_list("changed", flat=True))
    assert changed > Edition.objects.get(local_date__lt=SEVEN.date()).changed
    rows.ready_edition(readers[1], SEVEN.date() + timedelta(days=1), [])
    assert changed < Edition.objects.get(local_date__gt=SEVEN.date()).changed


def test_mails_whose_hour_has_come_are_due_by_the_databases_clock() -> None:
    for number in range(3):
        rows.ready_edition(reader(f"reader{number}@bank.example"), SEVEN.date(), [])
    Edition.objects.update(goes_at=SEVEN)
    with CaptureQueriesContext(connection) as asked:
        digest.queue_deliveries(SEVEN)
    assert any("briefings_delivery" in one["sql"] and "UNNEST" in one["sql"] for one in asked)
    assert Delivery.objects.filter(due_at__lte=Now(), due_at__gt=Now() - timedelta(minutes=1)).count() == 3


def test_it_leaves_weekends_alone_for_who_reads_on_weekdays() -> None:
    ada = reader(days=[1, 2, 3, 4, 5])
    for day in range(7):
        digest.queue_editions(SEVEN + timedelta(days=day))
    assert [day.isoweekday() for day in dates(ada)] == [1, 2, 3, 4, 5]


def test_a_weekly_reader_gets_one_round_up_on_the_day_they_chose() -> None:
    ada = reader(rhythm=Rhythm.WEEKLY, round_up_day=5)
    for day in range(14):
        digest.queue_editions(SEVEN + timedelta(days=day))
    assert [day.isoweekday() for day in dates(ada)] == [5, 5]
    assert set(Edition.objects.values_list("round_up", flat=True)) == {True}
    asked = edition.request(ada, SEVEN.date())
    assert asked.round_up is False, "what they ask for on another day is that day's edition"


def test_a_new_hour_counts_at_once_and_brings_no_second_edition() -> None:
    ada = reader()
    digest.queue_editions(SEVEN)
    Profile.objects.update(hour=9)
    digest.queue_editions(SEVEN + HALF)
    assert dates(ada) == [SEVEN.date()]
    ada.profile.refresh_from_db()
    assert ada.profile.slot_at == SEVEN + timedelta(hours=2)


def test_a_mail_waits_for_the_hour_that_was_changed_after_its_edition_was_made() -> None:
    ada = reader()
    digest.queue_editions(SEVEN - HALF)
    Edition.objects.update(state="ready", prepared_at=SEVEN - HALF)
    Profile.objects.update(hour=9)
    digest.queue_editions(SEVEN)
    digest.queue_deliveries(SEVEN)
    assert not Delivery.objects.exists(), "never before the reader's hour"
    digest.queue_deliveries(SEVEN + timedelta(hours=2))
    assert Delivery.objects.get().edition.reader == ada


def test_who_flies_over_the_date_line_gets_each_date_once() -> None:
    ada = reader(time_zone="Pacific/Kiritimati")  # UTC+14: 7 o'clock of the 24th is 17:00 UTC of the 23rd
    moment = SEVEN
    for _ in range(11):
        digest.queue_editions(moment)
        moment += timedelta(hours=1)
    assert dates(ada) == [date(2026, 11, 23), date(2026, 11, 24)]
    Profile.objects.update(time_zone=ZoneInfo("Pacific/Honolulu"))  # UTC-10: still the 23rd
    for _ in range(48):
        digest.queue_editions(moment)
        moment += timedelta(hours=1)
    assert dates(ada) == [date(2026, 11, 23), date(2026, 11, 24), date(2026, 11, 25)]


def test_three_hours_without_a_timetable_make_it_late_and_lose_nothing() -> None:
    ada = reader(hour=23)
    digest.queue_editions(SEVEN.replace(hour=20))
    back = SEVEN.replace(hour=23) + timedelta(hours=2)  # past midnight
    digest.queue_editions(back)
    assert dates(ada) == [SEVEN.date()]
    Edition.objects.update(state="ready", prepared_at=back)
    digest.queue_deliveries(back)
    assert Delivery.objects.count() == 1


def test_who_pauses_gets_no_mail_until_then_and_editions_all_the_while() -> None:
    ada = reader(paused_until=SEVEN.date() + timedelta(days=1))
    for day in range(2):
        digest.queue_editions(SEVEN + timedelta(days=day))
        Edition.objects.update(state="ready")
        digest.queue_deliveries(SEVEN + timedelta(days=day))
    assert len(dates(ada)) == 2
    assert [one.edition.local_date for one in Delivery.objects.all()] == [SEVEN.date() + timedelta(days=1)]


def test_a_held_address_gets_none_until_its_reader_turns_it_on() -> None:
    ada = reader()
    suppressed.hold(ada.email, "bounced", "550 no such mailbox", SEVEN)
    ready_edition(ada, SEVEN.date(), [])
    Edition.objects.update(created_at=SEVEN)
    digest.queue_deliveries(SEVEN)
    assert not Delivery.objects.exists()


@pytest.mark.parametrize("turned_on", [SEVEN - HALF, SEVEN + HALF, SEVEN + timedelta(hours=3)])
def test_one_that_is_turned_on_again_goes_the_same_day(turned_on: datetime) -> None:
    ada = reader()
    suppressed.hold(ada.email, "bounced", "550 no such mailbox", SEVEN - timedelta(days=1))
    client = Client()
    client.force_login(ada)
    moment = SEVEN - timedelta(hours=1)
    while moment < SEVEN + timedelta(hours=4):
        if moment == turned_on:
            client.post("/settings/mail/resume/")
        digest.queue_editions(moment)
        Edition.objects.filter(state="queued").update(state="ready", prepared_at=moment, created_at=moment)
        digest.queue_deliveries(moment)
        assert Delivery.objects.count() == (moment >= max(SEVEN, turned_on))
        moment += HALF


def test_one_that_is_turned_on_in_the_evening_starts_the_next_day() -> None:
    ada = reader()
    suppressed.hold(ada.email, "bounced", "550 no such mailbox", SEVEN - timedelta(days=1))
    digest.queue_editions(SEVEN)
    Edition.objects.update(state="ready", prepared_at=SEVEN, created_at=SEVEN)
    digest.queue_deliveries(SEVEN)
    client = Client()
    client.force_login(ada)
    client.post("/settings/mail/resume/")
    digest.queue_editions(SEVEN + timedelta(hours=13))
    digest.queue_deliveries(SEVEN + timedelta(hours=13))
    assert not Delivery.objects.exists()


def test_who_never_confirms_or_is_closed_gets_nothing() -> None:
    ada = reader()
    User.objects.filter(pk=ada.pk).update(is_active=False)
    digest.queue_editions(SEVEN)
    assert dates(ada) == []


def told(title: str, at: datetime, score: float, outlets: int) -> Story:
    story = Story.objects.create(title=title, happened_at=at, last_at=at, origins=outlets, score=score)
    for number in range(outlets):
        rows.article(
            story,
            rows.source(f"Outlet {number}"),
            f"{title}, says outlet {number}",
            [
                f"{title} on that day, the company said, and {number + 3} others signed the paper with it.",
                f"The plan costs {number + 4} million dollars, according to outlet {number}, and it starts in October.",
            ],
            at=at - timedelta(minutes=number),
        )
    return story


def test_a_round_up_tells_of_the_week_what_mattered_most_and_was_not_read() -> None:
    friday = datetime(2025, 8, 8, 7, 0, tzinfo=UTC)
    ada = reader(rhythm=Rhythm.WEEKLY, round_up_day=5)
    old = told("Harbor Labs opens a yard for robots in Lisbon", friday - timedelta(days=5), 9, 4)
    read = told("Velar sells its chip business to Norden", friday - timedelta(days=3), 8, 3)
    told("Quince Bank hires a chief of models", friday - timedelta(hours=5), 3, 2)
    monday = rows.ready_brief(read, list(read.articles.all()), {"headline": rows.said("x"), "takeaways": []})
    monday.articles = sorted([one.pk, one.revision] for one in read.articles.all())
    day = edition.request(ada, friday.date())
    made = edition.prepare(day.pk, friday)
    assert made is not None
    assert made.round_up
    stories = [item.brief.story_id for item in made.items.order_by("rank")]
    assert stories[0] == old.pk, "five days old, and what mattered most"
    assert read.pk in stories
    again = Brief.objects.get(story=read, state="ready", items__edition=made)
    ada.saved.create(brief=again)
    Edition.objects.filter(pk=made.pk).update(state="queued", due_at=SEVEN - timedelta(days=999))
    anew = edition.prepare(made.pk, friday)
    assert anew is not None
    assert read.pk not in {item.brief.story_id for item in anew.items.all()}, "it has been read"
