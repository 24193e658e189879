"""Who reads: accounts by email and what each reader cares about."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

import pgtrigger
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from timezone_field import TimeZoneField

EVERY_DAY = [1, 2, 3, 4, 5, 6, 7]


def every_day() -> list[int]:
    """Default for `Profile.days`: ISO weekdays, Monday is 1."""
    return list(EVERY_DAY)


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **extra: Any) -> User:
        """A reader; without a password they sign in by emailed code only."""
        if not email:
            raise ValueError("a user needs an email address")
        user = self.model(email=email.strip().lower(), **extra)
        if password:
            user.set_password(password)
        else:
            user.set_unusable_password()
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **extra: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **extra)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person, known by a lower-case email address. `language` is empty while they have chosen none."""

    email = models.EmailField(unique=True)
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(default=timezone.now)
    language = models.CharField(max_length=10, blank=True, default="", db_default="")

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(email=Lower("email")), name="email_lower")]
        triggers = [
            pgtrigger.Trigger(
                name="staff_no_more",
                operation=pgtrigger.UpdateOf("is_staff"),  # type: ignore[no-untyped-call]  # typed in part
                when=pgtrigger.After,
                condition=pgtrigger.Q(old__is_staff=True, new__is_staff=False),
                func="DELETE FROM users_enrolment WHERE user_id = NEW.id; RETURN NULL;",
            )
        ]

    def __str__(self) -> str:
        return self.email


class Enrolment(models.Model):
    """By what a staff member proves that a second factor is theirs: a code told outside of mail, kept as its hash.

    `entered_at` is when the last one was entered; the row goes when they are staff no more, so that whoever becomes
    staff anew enters one again.
    """

    user = models.OneToOneField(User, on_delete=models.CASCADE, primary_key=True)
    digest = models.CharField(max_length=64, editable=False)
    made_at = models.DateTimeField(default=timezone.now)
    entered_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.user_id} {self.entered_at or 'not entered'}"


FRIDAY = 5


class Rhythm(models.TextChoices):
    DAILY = "daily"
    WEEKLY = "weekly"


class Profile(models.Model):
    """What a reader told us at onboarding. `hour` is local to `time_zone`; `days` are ISO weekdays.

    A weekly reader gets one round-up, on `round_up_day`. `slot_at` is when (UTC) the next edition is to go by that
    clock, for the planner alone: null when a habit changed and it is to be found anew. No mail and no push goes before
    `paused_until`, a local date.
    """

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="profile")
    role = models.SlugField(max_length=40)
    industry = models.SlugField(max_length=40)
    interests = models.TextField(blank=True, max_length=1000)
    time_zone = TimeZoneField(default="UTC")
    hour = models.PositiveSmallIntegerField(
        default=7, validators=[MinValueValidator(0), MaxValueValidator(23)]
    )
    days = ArrayField(models.PositiveSmallIntegerField(), default=every_day)
    digest = models.BooleanField(default=True, help_text="send the daily email")
    onboarded_at = models.DateTimeField(default=timezone.now)
    rhythm = models.CharField(
        max_length=10, choices=Rhythm.choices, default=Rhythm.DAILY, db_default=Rhythm.DAILY
    )
    round_up_day = models.PositiveSmallIntegerField(default=FRIDAY, db_default=FRIDAY)
    paused_until = models.DateField(null=True, blank=True)
    slot_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(hour__lte=23), name="hour_of_day")]
        indexes = [models.Index(fields=["slot_at"], name="profile_slot")]
        triggers = [
            pgtrigger.Trigger(
                name="slot_is_found_anew",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                condition=pgtrigger.AnyChange(
                    "time_zone", "hour", "days", "rhythm", "round_up_day", "digest", "paused_until"
                ),
                func="NEW.slot_at = NULL; RETURN NEW;",
            )
        ]

    def __str__(self) -> str:
        return f"{self.role} in {self.industry}"

    @property
    def weekly(self) -> bool:
        return self.rhythm == Rhythm.WEEKLY

    @property
    def mail_days(self) -> list[int]:
        """ISO weekdays on which an edition is made and sent."""
        return [self.round_up_day] if self.weekly else self.days

    def wants_mail(self, day: date) -> bool:
        """Whether the edition of that local date is to be mailed, as far as the reader says."""
        return self.digest and self.wants_edition(day)

    def wants_edition(self, day: date) -> bool:
        """Whether the reader is to be told of the edition of that local date, by whatever channel is on."""
        return day.isoweekday() in self.mail_days and not (self.paused_until and day < self.paused_until)


class Suppression(models.Model):
    """An address that our mails come back from, or whose owner called one unwanted: the digest is held.

    Turned on again by its reader (`lifted_at`), only what is found out later holds it once more. Sign-in mail always
    goes. It is kept by address, and only of readers: it goes when its reader leaves, and what is reported after that
    leaves nothing. Whoever comes back has entered a code sent there, and starts without it.
    """

    class Kind(models.TextChoices):
        BOUNCED = "bounced"
        COMPLAINED = "complained"

    email = models.EmailField(primary_key=True)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    detail = models.CharField(max_length=300, blank=True)
    since = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="suppressed_email_lower")
        ]

    def __str__(self) -> str:
        return f"{self.email} {self.kind}"


class MailEvent(models.Model):
    """A mail provider's report that was acted on: by its id, so that one told twice is acted on once.

    `happened_at` is what the report says, null where it says nothing: such a one is never forgotten.
    """

    key = models.CharField(primary_key=True, max_length=200)
    kind = models.CharField(max_length=20)
    happened_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.key


class ReportTally(models.Model):
    """How many of a mail provider's reports were taken, forged or of no shape that we know, since ever."""

    provider = models.CharField(max_length=20)
    outcome = models.CharField(max_length=12)
    count = models.PositiveBigIntegerField(default=0)

    class Meta:
        verbose_name_plural = "report tallies"
        constraints = [
            models.UniqueConstraint(fields=["provider", "outcome"], name="one_tally_per_provider_and_outcome")
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.outcome}"


from users.tokens import DeviceToken as DeviceToken  # noqa: E402 - it needs the reader's model
from users.tokens import DeviceUse as DeviceUse  # noqa: E402
