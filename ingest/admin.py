"""Sources with their health, articles with how far they came, stories with what they hold."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from ingest import health, opml
from ingest.models import Article, Source, Story
from ingest.scope import EVERYBODY
from ingest.split import split


class RowAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic in the stubs only
    """What the pipeline made: to be read, and at most to be done again.

    A text changed by hand would pass by what cited and verified it. What comes from a reader's own sources is for that
    reader alone.
    """

    editable: tuple[str, ...] = ("due_at", "attempt")
    owned_by = ""  # the way to the reader whose own sources a row comes from

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        return rows.filter(**{self.owned_by: None}) if self.owned_by else rows

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        left_out = {*self.editable, *(self.exclude or ())}
        return [field.name for field in self.opts.fields if field.name not in left_out]


class NeedsAttention(admin.SimpleListFilter):
    title = "needs attention"
    parameter_name = "attention"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Yes")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Source]) -> QuerySet[Source]:
        if self.value() != "yes":
            return queryset
        told = health.of(queryset, timezone.now())
        return queryset.filter(pk__in=[one.source.pk for one in told if one.attention])


class SourceForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    """A source that everybody has. Without the owner on the page, Django would leave the unique address unchecked."""

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"]
        if "url" in self.changed_data and (words := opml.problem(url)):
            raise forms.ValidationError(words)
        if Source.objects.filter(EVERYBODY, url=url).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError("there is a source with this address")
        return url


class EverybodysSources(admin.RelatedFieldListFilter):
    """Sources to filter by, without readers' own."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        ordering = self.field_admin_ordering(field, request, model_admin)
        return field.get_choices(include_blank=False, ordering=ordering, limit_choices_to=EVERYBODY)


@admin.register(Source)
class SourceAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic in the stubs only
    list_display = (
        "title",
        "kind",
        "health",
        "a_week",
        "last_success_at",
        "next_check",
        "attention",
        "error",
    )
    list_filter = (NeedsAttention, "enabled", "kind", "primary", "sample")
    search_fields = ("title", "url")
    ordering = ("-failures", "title")
    exclude = ("owner",)
    form = SourceForm

    def get_queryset(self, request: HttpRequest) -> QuerySet[Source]:
        return super().get_queryset(request).filter(EVERYBODY)

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """The page of sources with their health looked up at once."""
        page = super().get_changelist_instance(request)
        keys = [source.pk for source in page.result_list]
        told = {one.source.pk: one for one in health.of(Source.objects.filter(pk__in=keys), timezone.now())}
        for source in page.result_list:
            source.told = told[source.pk]
        return page

    @admin.display(ordering="failures")
    def health(self, source: Any) -> str:
        return str(source.told.state)

    @admin.display(description="items a week")
    def a_week(self, source: Any) -> float:
        return float(source.told.items_a_week)

    @admin.display(ordering="due_at")
    def next_check(self, source: Source) -> Any:
        return source.due_at

    @admin.display(description="needs attention because")
    def attention(self, source: Any) -> str:
        return str(source.told.attention)


class SpeaksToModel(admin.SimpleListFilter):
    title = "speaks to a model"
    parameter_name = "addressing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Yes")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Article]) -> QuerySet[Article]:
        return queryset.filter(addressing__gt=0) if self.value() == "yes" else queryset


@admin.register(Article)
class ArticleAdmin(RowAdmin):
    owned_by = "source__owner"
    list_display = ("title", "source", "stage", "relevance", "relevance_reason", "addressing", "happened_at")
    list_filter = ("stage", SpeaksToModel, "text_from_page", ("source", EverybodysSources))
    search_fields = ("title", "url")
    list_select_related = ("source",)
    exclude = ("vector", "bands", "marks")
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
    owned_by = "owner"
    list_display = ("title", "origins", "score", "version", "happened_at", "last_at", "sample")
    list_filter = ("sample",)
    search_fields = ("title",)
    exclude = ("vector",)
    inlines = (ArticleInline,)
    ordering = ("-last_at",)
    show_full_result_count = False
