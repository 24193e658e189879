"""What is written and sent, with what is stuck: rows in a state with an error and a due time."""

from __future__ import annotations

from django.contrib import admin

from briefings.models import Brief, Delivery, Edition, EditionItem, Lens


@admin.register(Brief)
class BriefAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic in the stubs only
    list_display = ("story", "version", "state", "writer", "written_at", "attempt", "due_at", "error")
    list_filter = ("state", "writer")
    search_fields = ("id", "story__title")
    list_select_related = ("story",)
    raw_id_fields = ("story",)


@admin.register(Lens)
class LensAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic in the stubs only
    list_display = ("brief", "role", "industry", "state", "writer", "attempt", "due_at", "error")
    list_filter = ("state", "writer", "role", "industry")
    raw_id_fields = ("brief",)
    list_select_related = ("brief",)


class ItemInline(admin.TabularInline):  # type: ignore[type-arg]  # generic in the stubs only
    model = EditionItem
    raw_id_fields = ("brief", "lens")
    extra = 0


@admin.register(Edition)
class EditionAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic in the stubs only
    list_display = ("reader", "local_date", "state", "role", "industry", "sample", "prepared_at", "error")
    list_filter = ("state", "sample")
    search_fields = ("reader__email",)
    list_select_related = ("reader",)
    raw_id_fields = ("reader",)
    inlines = (ItemInline,)


@admin.register(Delivery)
class DeliveryAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic in the stubs only
    list_display = ("edition", "channel", "state", "sent_at", "attempt", "due_at", "error")
    list_filter = ("state", "channel")
    list_select_related = ("edition",)
    raw_id_fields = ("edition",)
