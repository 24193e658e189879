"""The ledger in the admin: to be read, never changed there."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from inference.models import Budget, Call, Entry, Price, Statement
from inference.money import usd


class ReadOnly(admin.ModelAdmin):  # type: ignore[type-arg]  # generic in the stubs only
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Call)
class CallAdmin(ReadOnly):
    list_display = (
        "reserved_at",
        "state",
        "dollars",
        "purpose",
        "model",
        "work_key",
        "step",
        "number",
        "error",
    )
    list_filter = ("state", "purpose", "model")
    search_fields = ("work_key", "brief", "request_id")
    date_hierarchy = "reserved_at"

    @admin.display(description="US dollars", ordering="cost")
    def dollars(self, call: Call) -> str:
        return "" if call.cost is None else usd(call.cost)


@admin.register(Budget)
class BudgetAdmin(ReadOnly):
    list_display = ("scope", "period", "limit_usd", "settled_usd", "held_usd")
    list_filter = ("period",)
    search_fields = ("scope",)
    ordering = ("-period", "scope")

    @admin.display(description="limit", ordering="limit")
    def limit_usd(self, budget: Budget) -> str:
        return usd(budget.limit, 2)

    @admin.display(description="settled", ordering="settled")
    def settled_usd(self, budget: Budget) -> str:
        return usd(budget.settled)

    @admin.display(description="held", ordering="held")
    def held_usd(self, budget: Budget) -> str:
        return usd(budget.held)


@admin.register(Price)
class PriceAdmin(ReadOnly):
    list_display = (
        "model",
        "tier",
        "axis",
        "dollars_per_million",
        "valid_from",
        "valid_until",
        "source",
        "read_on",
    )
    list_filter = ("model", "tier")

    @admin.display(description="US dollars per million", ordering="nano_per_million")
    def dollars_per_million(self, price: Price) -> str:
        return usd(price.nano_per_million, 2)


@admin.register(Entry)
class EntryAdmin(ReadOnly):
    list_display = ("posted_at", "call", "kind", "account", "amount", "evidence")
    list_filter = ("kind", "account")
    list_select_related = ("call",)


@admin.register(Statement)
class StatementAdmin(ReadOnly):
    list_display = ("day", "model", "ours_usd", "theirs_usd", "agreed", "note", "read_at")
    list_filter = ("agreed", "model")
    ordering = ("-day", "model")

    @admin.display(description="by the ledger", ordering="ours")
    def ours_usd(self, statement: Statement) -> str:
        return usd(statement.ours)

    @admin.display(description="by the provider", ordering="theirs")
    def theirs_usd(self, statement: Statement) -> str:
        return usd(statement.theirs)
