"""Sources with their health, articles with how far they came, stories with what they hold."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from ingest.models import Article, Source, Story
from ingest.split import split


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
    actions = ("split_from_story",)

    @admin.action(description="Split from their story, for good", permissions=["change"])
    def split_from_story(self, request: HttpRequest, queryset: QuerySet[Article]) -> None:
        stories = set(queryset.values_list("story_id", flat=True))
        try:
            (story,) = stories
            split(story or "", list(queryset.values_list("pk", flat=True)))
        except ValueError as error:
            why = str(error) if len(stories) == 1 else "choose articles of one story"
            self.message_user(request, f"Nothing was split: {why}.", messages.ERROR)
        else:
            self.message_user(request, "The articles have a story of their own now.")


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
