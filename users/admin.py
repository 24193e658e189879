"""Readers in the admin."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest

from users.models import DeviceToken, Profile, User


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


@admin.register(DeviceToken)
class DeviceTokenAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic in the stubs only
    """To see and to revoke; what a token is nobody knows."""

    list_display = ("name", "reader", "created_at", "last_used_at")
    search_fields = ("name", "reader__email")
    readonly_fields = ("reader", "name", "created_at", "last_used_at")
    list_select_related = ("reader",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False
