"""Who the reader is and when the edition is wanted; what can be chosen."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Literal

from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone
from ninja import Router
from pydantic import Field

from briefings import edition
from briefings.api.asked import limit, reader_of
from briefings.api.problems import FieldProblem, Problem
from briefings.api.schema import may_answer
from briefings.schemas import Shape
from users import taxonomy
from users.forms import SettingsForm
from users.models import EVERY_DAY, Profile, User

router = Router(tags=["profile"])
LONGEST_PAUSE = timedelta(days=366)


class ProfileDocument(Shape):
    """`hour` is local to `time_zone`; `days` are ISO weekdays, Monday is 1, on which the `daily_email` comes.

    A `weekly` reader gets one round-up instead, on `round_up_day`. No mail goes before `paused_until`, a date where the
    reader is.
    """

    email: str
    role: str
    industry: str
    interests: str
    time_zone: str
    hour: int
    days: tuple[int, ...]
    daily_email: bool
    rhythm: Literal["daily", "weekly"]
    round_up_day: int
    paused_until: date | None


class ProfileChange(Shape):
    """What is left out stays as it is. The first time, `role` and `industry` are needed."""

    role: str | None = Field(None, max_length=40, description="a `slug` of `/choices`")
    industry: str | None = Field(None, max_length=40, description="a `slug` of `/choices`")
    interests: str | None = Field(None, max_length=1000)
    time_zone: str | None = Field(None, max_length=60, examples=["Europe/Berlin"])
    hour: int | None = Field(None, ge=0, le=23)
    days: tuple[int, ...] | None = Field(None, max_length=7)
    daily_email: bool | None = None
    rhythm: Literal["daily", "weekly"] | None = None
    round_up_day: int | None = Field(None, ge=1, le=7)
    paused_until: date | None = Field(None, description="null goes on at once; at most a year ahead")


class Choice(Shape):
    slug: str
    title: str


class Choices(Shape):
    roles: tuple[Choice, ...]
    industries: tuple[Choice, ...]


@router.get("", response=ProfileDocument, operation_id="profile", openapi_extra=may_answer(409))
def profile(request: HttpRequest) -> ProfileDocument:
    """What the reader told us; 409 while that is nothing."""
    found = _profile(reader_of(request))
    if found is None:
        raise Problem("no_profile")
    return _told(reader_of(request), found)


@router.patch("", response=ProfileDocument, operation_id="change_profile")
def change_profile(request: HttpRequest, change: ProfileChange) -> ProfileDocument:
    """Change what is given; it counts from the next edition on. The first time, an edition is asked for at once."""
    limit(request, "api-profile")
    reader = reader_of(request)
    found = _profile(reader)
    row = _saved(found or Profile(user=reader), change)
    if found is None:
        reader.profile = row
        edition.request(reader, edition.local_date_of(reader, timezone.now()))
    return _told(reader, row)


@router.get("/choices", response=Choices, operation_id="choices")
def choices(request: HttpRequest) -> Choices:
    """The roles and industries that there are."""
    return Choices(
        roles=tuple(Choice(slug=one.slug, title=one.title) for one in taxonomy.roles().values()),
        industries=tuple(Choice(slug=one.slug, title=one.title) for one in taxonomy.industries().values()),
    )


def _profile(reader: User) -> Profile | None:
    return Profile.objects.filter(user=reader).first()


def _saved(row: Profile, change: ProfileChange) -> Profile:
    """Through the form of the page, so that both take the same; a pause has no field there."""
    if "paused_until" in change.model_fields_set:
        row.paused_until = _pause(change.paused_until)
    given = {
        name: value
        for name, value in change.model_dump(exclude_unset=True, exclude={"paused_until"}).items()
        if value is not None
    }
    if "daily_email" in given:
        given["digest"] = given.pop("daily_email")
    form = SettingsForm({**_current(row), **given}, instance=row)
    if not form.is_valid():
        named = {"digest": "daily_email"}
        raise Problem(
            "invalid",
            errors=[
                FieldProblem(field=f"body.{named.get(name, name)}", message=str(words[0]))
                for name, words in form.errors.items()
            ],
        )
    try:
        with transaction.atomic():
            saved: Profile = form.save()
    except IntegrityError:  # the same reader on another device, a moment before: the first answer counts
        return Profile.objects.get(user=row.user_id)
    return saved


def _pause(until: date | None) -> date | None:
    """Raises Problem for a day too far away."""
    if until and until > timezone.now().date() + LONGEST_PAUSE:
        raise Problem("invalid", errors=[FieldProblem(field="body.paused_until", message="too far away")])
    return until


def _current(row: Profile) -> dict[str, Any]:
    return {
        "role": row.role,
        "industry": row.industry,
        "interests": row.interests,
        "time_zone": str(row.time_zone),
        "hour": row.hour,
        "days": row.days or EVERY_DAY,
        "digest": row.digest,
        "rhythm": row.rhythm,
        "round_up_day": row.round_up_day,
    }


def _told(reader: User, row: Profile) -> ProfileDocument:
    current = _current(row)
    return ProfileDocument(
        email=reader.email,
        daily_email=current.pop("digest"),
        days=tuple(current.pop("days")),
        paused_until=row.paused_until,
        **current,
    )
