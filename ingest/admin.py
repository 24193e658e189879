"""Sources with their health, articles with how far they came, stories with what they hold."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from ingest.models import Article, Source, Story


class RowAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic in the stubs only
    """What the pipeline made: to be read, and at most to be done again.

    A text changed by hand would pass by what cited and verified it.
    """

    editable = ("due_at", "attempt")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        left_out = {*self.editable, *(self.exclude or ())}
        return [field.name for field in self.opts.fields if field.name not in left_out]


@admin.register(Source)
class SourceAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic in the stubs only
    list_display = ("title", "kind", "enabled", "failures", "last_success_at", "due_at", "error")
    list_filter = ("enabled", "kind", "primary", "sample")
    search_fields = ("title", "url")
    ordering = ("-failures", "title")


@admin.register(Article)
class ArticleAdmin(RowAdmin):
    list_display = ("title", "source", "stage", "relevance", "relevance_reason", "happened_at")
    list_filter = ("stage", "text_from_page", "source")
    search_fields = ("title", "url")
    list_select_related = ("source",)
    exclude = ("vector", "bands")
    date_hierarchy = "happened_at"
    show_full_result_count = False


class ArticleInline(admin.TabularInline):  # type: ignore[type-arg]  # generic in the stubs only
    model = Article
    fields = ("title", "source", "stage", "happened_at")
    readonly_fields = fields
    extra = 0
    can_delete = False
    show_change_link = True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Story)
class StoryAdmin(RowAdmin):
    list_display = ("title", "origins", "score", "version", "happened_at", "last_at", "sample")
    list_filter = ("sample",)
    search_fields = ("title",)
    exclude = ("vector",)
    inlines = (ArticleInline,)
    ordering = ("-last_at",)
    show_full_result_count = False
