"""Readers in the admin."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.http import HttpRequest

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
    fields = ("email", "is_active", "is_staff", "is_superuser", "groups", "date_joined", "last_login")
    readonly_fields = ("date_joined", "last_login")
    inlines = (ProfileInline,)


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
