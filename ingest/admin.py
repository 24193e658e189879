"""Sources with their health, articles with how far they came, stories with what they hold."""

from __future__ import annotations

from django.contrib import admin

from ingest.models import Article, Source, Story


@admin.register(Source)
class SourceAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic in the stubs only
    list_display = ("title", "kind", "enabled", "failures", "last_success_at", "due_at", "error")
    list_filter = ("enabled", "kind", "primary", "sample")
    search_fields = ("title", "url")
    ordering = ("-failures", "title")


@admin.register(Article)
class ArticleAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic in the stubs only
    list_display = ("title", "source", "stage", "relevance", "relevance_reason", "happened_at")
    list_filter = ("stage", "text_from_page", "source")
    search_fields = ("title", "url")
    list_select_related = ("source",)
    raw_id_fields = ("source", "story", "duplicate_of")
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


@admin.register(Story)
class StoryAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic in the stubs only
    list_display = ("title", "origins", "score", "version", "happened_at", "last_at", "sample")
    list_filter = ("sample",)
    search_fields = ("title",)
    exclude = ("vector",)
    inlines = (ArticleInline,)
    ordering = ("-last_at",)
    show_full_result_count = False
