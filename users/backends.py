"""Who a session's reader is: fetched with their profile, which nearly every page needs."""

from __future__ import annotations

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.backends import ModelBackend
from django.db.models import F, QuerySet

from users.models import User
from users.prepared import Mark, Prepared, given


def _with_profile() -> QuerySet[User]:
    """With `mark` and `profile_mark`: what the two rows are known by as they stand."""
    marks = {"mark": Mark(F("email")), "profile_mark": Mark(F("profile__time_zone"))}
    return User.objects.select_related("profile").filter(pk=given("pk")).annotate(**marks)


_WITH_PROFILE = Prepared(_with_profile)


class ByPassword(ModelBackend):
    """Django's, for the admin; with the profile in the same query."""

    def get_user(self, user_id: int) -> User | None:
        user = _WITH_PROFILE.first(pk=user_id)
        return user if user and self.user_can_authenticate(user) else None


class ByCode(AuthenticationBackend, ByPassword):  # type: ignore[misc]  # allauth ships no types
    """allauth's, for everybody else."""
