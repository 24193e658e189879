"""Readers in the admin."""

from __future__ import annotations

from django.contrib import admin

from users.models import Profile, Suppression, User


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


@admin.register(Suppression)
class SuppressionAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic in the stubs only
    """Addresses that no digest goes to. Deleting one has mail go there again."""

    list_display = ("email", "kind", "since", "lifted_at", "detail")
    list_filter = ("kind",)
    search_fields = ("email",)
