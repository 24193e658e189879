"""Who reads: accounts by email and what each reader cares about."""

from __future__ import annotations

from typing import Any, ClassVar

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
    """A person, known by a lower-case email address."""

    email = models.EmailField(unique=True)
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(default=timezone.now)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(email=Lower("email")), name="email_lower")]

    def __str__(self) -> str:
        return self.email


class Profile(models.Model):
    """What a reader told us at onboarding. `hour` is local to `time_zone`; `days` are ISO weekdays."""

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

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(hour__lte=23), name="hour_of_day")]

    def __str__(self) -> str:
        return f"{self.role} in {self.industry}"


from users.tokens import DeviceToken as DeviceToken  # noqa: E402 - it needs the reader's model
from users.tokens import DeviceUse as DeviceUse  # noqa: E402
