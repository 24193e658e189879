"""Readers in the admin."""

from __future__ import annotations

from typing import Any, cast

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest

from users import enrolment
from users.models import DeviceToken, Profile, Suppression, User

# Providers are named in the environment, devices are signed out by their reader, and no token is kept.
admin.site.unregister([Authenticator, SocialAccount, SocialApp, SocialToken, UserSession])


class ProfileInline(admin.StackedInline):  # type: ignore[type-arg]  # generic in the stubs only
    model = Profile
    can_delete = False


@admin.register(User)
class UserAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic in the stubs only
    list_display = ("email", "is_active", "is_staff", "date_joined", "last_login")
    list_filter = ("is_active", "is_staff")
    search_fields = ("email",)
    fields = (
        "email",
        "language",
        "is_active",
        "is_staff",
        "is_superuser",
        "groups",
        "date_joined",
        "last_login",
    )
    readonly_fields = ("date_joined", "last_login")
    inlines = (ProfileInline,)
    actions = ("make_code",)

    @admin.action(description="Make codes to set up a second factor, for staff")
    def make_code(self, request: HttpRequest, chosen: QuerySet[User]) -> None:
        if not cast(User, request.user).is_superuser:
            raise PermissionDenied
        for user in chosen.filter(is_staff=True, is_active=True):
            self.message_user(
                request, f"Code for {user.email}, told once and valid for a day: {enrolment.new_code(user)}"
            )


@admin.register(Profile)
class ProfileAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic in the stubs only
    list_display = ("user", "role", "industry", "time_zone", "hour", "digest")
    list_filter = ("digest", "role", "industry")
    search_fields = ("user__email",)
    list_select_related = ("user",)


@admin.register(Authenticator)
class AuthenticatorAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic in the stubs only
    """Seen without its secrets, never made here, and deleted for who lost every way in."""

    list_display = ("user", "type", "created_at", "last_used_at")
    list_filter = ("type",)
    search_fields = ("user__email",)
    list_select_related = ("user",)
    fields = readonly_fields = ("user", "type", "created_at", "last_used_at")

    def has_add_permission(self, *_: Any) -> bool:
        return False


@admin.register(Suppression)
class SuppressionAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic in the stubs only
    """Addresses that no digest goes to. Deleting one has mail go there again."""

    list_display = ("email", "kind", "since", "lifted_at", "detail")
    list_filter = ("kind",)
    search_fields = ("email",)


@admin.register(DeviceToken)
class DeviceTokenAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic in the stubs only
    """To see and to revoke; what a token is nobody knows."""

    list_display = ("name", "reader", "created_at", "last_used_at")
    search_fields = ("name", "reader__email")
    readonly_fields = ("reader", "name", "created_at", "last_used_at")
    list_select_related = ("reader",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False
