"""What is written and sent, with what is stuck: rows in a state with an error and a due time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from briefings import personal, share
from briefings.feedback import challenge
from briefings.feedback.models import Challenge, Report
from briefings.models import (
    Brief,
    Correction,
    Delivery,
    Edition,
    EditionItem,
    Lens,
    MailDoor,
    Notice,
    PushDelivery,
    PushSubscription,
    Share,
    Turn,
)
from ingest.admin import RowAdmin
from users.admin import UserAdmin
from users.models import User

admin.site.unregister(User)


@admin.register(User)
class ReaderAdmin(UserAdmin):
    """As `users` has it; whoever is deleted here leaves as they would by themselves."""

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[Any, ...]:
        """What belongs to a reader goes with them, and is shown to nobody: neither rows nor rights of theirs count."""
        readers = list(objs)
        return [str(reader) for reader in readers], {"readers, with all they have": len(readers)}, set(), []

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        personal.delete(obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        for one in queryset:
            personal.delete(one)


@admin.register(Brief)
class BriefAdmin(RowAdmin):
    owned_by = "story__owner"
    list_display = ("story", "version", "state", "writer", "written_at", "attempt", "due_at", "error")
    list_filter = ("state", "writer")
    search_fields = ("id", "story__title")
    list_select_related = ("story",)


@admin.register(Lens)
class LensAdmin(RowAdmin):
    owned_by = "brief__story__owner"
    list_display = ("brief", "role", "industry", "state", "writer", "attempt", "due_at", "error")
    list_filter = ("state", "writer", "role", "industry")
    list_select_related = ("brief",)


@admin.register(Correction)
class CorrectionAdmin(RowAdmin):
    """What was struck, because of whom: nothing of it is to be done again, and so nothing can be changed."""

    owned_by = "brief__story__owner"
    editable = ()
    list_display = (
        "brief",
        "publisher",
        "kind",
        "sentences",
        "major",
        "replacement",
        "changes",
        "noticed_at",
    )
    list_filter = ("kind", "major")
    search_fields = ("publisher", "title", "brief__id", "brief__story__title")
    list_select_related = ("brief", "replacement")
    date_hierarchy = "noticed_at"

    @admin.display(description="struck, restored")
    def sentences(self, correction: Correction) -> str:
        return f"{len(correction.struck)}, {len(correction.restored)}"


class Inline(admin.TabularInline):  # type: ignore[type-arg]  # generic in the stubs only
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ItemInline(Inline):
    model = EditionItem


class NoticeInline(Inline):
    model = Notice
    exclude = ("reader",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).filter(correction__brief__story__owner=None)


@admin.register(Edition)
class EditionAdmin(RowAdmin):
    list_display = ("reader", "local_date", "state", "role", "industry", "sample", "prepared_at", "error")
    list_filter = ("state", "sample")
    search_fields = ("reader__email",)
    list_select_related = ("reader",)
    inlines = (ItemInline, NoticeInline)


@admin.register(Delivery)
class DeliveryAdmin(RowAdmin):
    list_display = ("edition", "channel", "state", "sent_at", "attempt", "due_at", "error")
    list_filter = ("state", "channel")
    list_select_related = ("edition",)


@admin.register(PushDelivery)
class PushDeliveryAdmin(RowAdmin):
    list_display = ("edition", "subscription", "state", "sent_at", "attempt", "due_at", "error")
    list_filter = ("state",)
    list_select_related = ("edition", "subscription")


@admin.register(PushSubscription)
class PushSubscriptionAdmin(RowAdmin):
    """Where pushes go, without what opens it. Emptied of what holds it, one is tried again."""

    editable = ("held",)
    exclude = ("endpoint", "digest", "p256dh", "auth")
    list_display = ("reader", "label", "service", "created_at", "pushed_at", "held")
    list_select_related = ("reader",)


@admin.register(MailDoor)
class MailDoorAdmin(RowAdmin):
    """How the mail server is doing. An emptied pause has it tried at once."""

    editable = ("paused_until",)
    list_display = ("server", "failures", "paused_until", "error")


@admin.register(Turn)
class TurnAdmin(RowAdmin):
    """Questions that are stuck or failed. What a reader asks, and was told, is nobody else's to read."""

    owned_by = "conversation__brief__story__owner"
    exclude = ("question",)
    list_display = (
        "brief",
        "number",
        "state",
        "writer",
        "without",
        "dropped",
        "asked_at",
        "attempt",
        "due_at",
        "error",
    )
    list_filter = ("state", "writer", "without")
    search_fields = ("conversation__brief__id", "conversation__reader__email")
    list_select_related = ("conversation__brief",)
    date_hierarchy = "asked_at"

    @admin.display(description="brief")
    def brief(self, turn: Turn) -> str:
        return str(turn.conversation.brief)


@admin.register(Challenge)
class ChallengeAdmin(RowAdmin):
    """What the accuracy log counts. It is decided upon where the reports are."""

    editable = ()
    list_display = ("of", "text", "outcome", "by_staff", "times", "first_at", "checked_at")
    list_filter = ("of", "outcome", "by_staff")
    search_fields = ("text", "headline", "brief__id")
    date_hierarchy = "first_at"

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Report)
class ReportAdmin(RowAdmin):
    """Sentences that readers say are wrong. Who reported one is nobody's business; own sources stay their reader's."""

    editable = ("released",)
    exclude = ("reader",)
    list_display = ("text", "reason", "outcome", "by_staff", "checked", "times", "released", "made_at")
    list_filter = ("challenge__outcome", "challenge__of", "released")
    search_fields = ("text", "reason", "challenge__brief__id")
    list_select_related = ("challenge",)
    date_hierarchy = "made_at"
    actions = ("uphold", "strike", "release")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).exclude(challenge__of=Challenge.Of.OWN)

    @admin.display(ordering="challenge__outcome")
    def outcome(self, report: Report) -> str:
        return report.challenge.outcome

    @admin.display(boolean=True, description="by hand")
    def by_staff(self, report: Report) -> bool:
        return report.challenge.by_staff

    @admin.display(description="what the check said")
    def checked(self, report: Report) -> str:
        return " ".join(report.found)

    @admin.display(description="readers")
    def times(self, report: Report) -> int:
        return report.challenge.times

    @admin.action(description="Uphold: the sentence stands", permissions=["change"])
    def uphold(self, request: HttpRequest, queryset: QuerySet[Report]) -> None:
        self._decide(request, queryset, challenge.uphold, "upheld")

    @admin.action(description="Strike the sentence, for all who have it", permissions=["change"])
    def strike(self, request: HttpRequest, queryset: QuerySet[Report]) -> None:
        self._decide(request, queryset, challenge.strike, "struck")

    @admin.action(description="Show the reason in the accuracy log", permissions=["change"])
    def release(self, request: HttpRequest, queryset: QuerySet[Report]) -> None:
        shown = queryset.filter(challenge__of=Challenge.Of.BRIEF).exclude(reason="").update(released=True)
        self.message_user(request, f"Reasons shown in the accuracy log: {shown}.")

    def _decide(
        self,
        request: HttpRequest,
        queryset: QuerySet[Report],
        decide: Callable[[Challenge, datetime], bool],
        done: str,
    ) -> None:
        rows = Challenge.objects.filter(reports__in=queryset).distinct()
        count = sum(decide(row, timezone.now()) for row in rows)
        self.message_user(request, f"Sentences {done}: {count} of {len(rows)}; the others had fallen before.")


@admin.register(Share)
class ShareAdmin(RowAdmin):
    """To take a page down that a publisher objects to. Its address is not told here either."""

    editable = ()
    exclude = ("nonce", "digest")
    list_display = ("brief", "reader", "created_at", "views")
    search_fields = ("brief__body__headline__text", "reader__email")
    list_select_related = ("brief", "reader")

    def delete_model(self, request: HttpRequest, obj: Share) -> None:
        share.revoke(obj.reader, obj.pk)  # as its reader would: nothing tells that there was something

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Share]) -> None:
        for one in queryset:
            share.revoke(one.reader, one.pk)
