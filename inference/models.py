"""The ledger's tables: prices, budgets, calls and the append-only entries that say where every nano-dollar went."""

from __future__ import annotations

import uuid

import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Now


class Purpose(models.TextChoices):
    FACT_SHEET = "fact_sheet"
    BRIEF = "brief"
    REPAIR = "repair"
    LENS = "lens"
    CONVERSE = "converse"
    EMBED = "embed"


class Axis(models.TextChoices):
    """The disjoint kinds of tokens, named as in `inference.tokens.Tokens`."""

    INPUT = "input"
    CACHED = "cached"
    CACHE_WRITE = "cache_write"
    OUTPUT = "output"
    REASONING = "reasoning"


def _hash(*names: str) -> Func:
    """One bigint for several columns: its ranges bring them into an exclusion without the btree_gist extension."""
    value: Value | Func = Value(0)
    for name in names:
        value = Func(F(name), value, function="hashtextextended", output_field=models.BigIntegerField())
    return value if isinstance(value, Func) else Func(value)


def _same(*names: str) -> Func:
    return Func(_hash(*names), _hash(*names), Value("[]"), function="int8range")


class Price(models.Model):
    """What a token on one axis costs, in nano-dollars per million, while valid. Never changed, only ended."""

    provider = models.CharField(max_length=253, help_text="the host of the base URL")
    model = models.CharField(max_length=200)
    tier = models.CharField(max_length=20, default="default")
    axis = models.CharField(max_length=12, choices=Axis.choices)
    nano_per_million = models.BigIntegerField()
    valid_from = models.DateTimeField(db_default=Now())
    valid_until = models.DateTimeField(null=True, blank=True)
    source = models.CharField(max_length=300)
    read_on = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(nano_per_million__gte=0), name="price_not_negative"),
            ExclusionConstraint(
                name="one_price_at_a_time",
                expressions=[
                    (_same("provider", "model", "tier", "axis"), RangeOperators.OVERLAPS),
                    (Func(F("valid_from"), F("valid_until"), function="tstzrange"), RangeOperators.OVERLAPS),
                ],
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="price_stays", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="price_is_history", exclude=["valid_until"]),
        ]

    def __str__(self) -> str:
        return f"{self.model} {self.axis} {self.nano_per_million}n/M"


class Budget(models.Model):
    """A limit in nano-dollars: `service`, `purpose:<name>` or `reader:<id>`, for a day (2025-08-08) or month (2025-08).

    `settled` and `held` are projections of the entries, kept here because one conditional UPDATE of this row is what
    stops spending.
    """

    scope = models.CharField(max_length=40)
    period = models.CharField(max_length=10)
    limit = models.BigIntegerField()
    settled = models.BigIntegerField(default=0)
    held = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scope", "period"], name="one_budget_per_scope_and_period"),
            models.CheckConstraint(
                condition=Q(limit__gte=0, settled__gte=0, held__gte=0), name="budget_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.period}"


class Call(models.Model):
    """One attempt at a request. Tokens are on disjoint axes, null until the provider says; money in nano-dollars."""

    class State(models.TextChoices):
        RESERVED = "reserved"
        SENT = "sent"
        SETTLED = "settled"
        RELEASED = "released"
        UNKNOWN = "unknown"
        TRUED_UP = "trued_up"

    attempt = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    work_key = models.CharField(max_length=200)
    step = models.CharField(max_length=80)
    number = models.PositiveIntegerField()
    purpose = models.CharField(max_length=20, choices=Purpose.choices)
    # A plain id: the ledger outlives what it paid for, and must not know the packages above it.
    brief = models.CharField(max_length=40, blank=True, db_index=True)
    reader = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="calls"
    )
    provider = models.CharField(max_length=253)
    model = models.CharField(max_length=200)
    model_reported = models.CharField(max_length=200, blank=True)
    tier = models.CharField(max_length=20, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.RESERVED)
    hold = models.BigIntegerField()
    cost = models.BigIntegerField(null=True, blank=True)
    budgets = models.ManyToManyField(Budget, related_name="calls")
    prices = ArrayField(
        models.BigIntegerField(), default=list, help_text="the price rows the cost was computed from"
    )
    usage = models.JSONField(null=True, blank=True, help_text="as the provider reported it")
    input = models.BigIntegerField(null=True, blank=True)
    cached = models.BigIntegerField(null=True, blank=True)
    cache_write = models.BigIntegerField(null=True, blank=True)
    output = models.BigIntegerField(null=True, blank=True)
    reasoning = models.BigIntegerField(null=True, blank=True)
    flags = ArrayField(
        models.CharField(max_length=200), default=list, help_text="what an operator should look at"
    )
    request_id = models.CharField(max_length=200, blank=True)
    finish_reason = models.CharField(max_length=40, blank=True)
    error = models.TextField(blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    ask_again_at = models.DateTimeField(
        null=True, blank=True, help_text="until then the provider asked to be left alone"
    )
    reserved_at = models.DateTimeField(db_default=Now(), db_index=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["work_key", "step", "number"], name="one_call_per_attempt"),
            models.CheckConstraint(condition=Q(hold__gte=0), name="hold_not_negative"),
            models.CheckConstraint(condition=Q(cost__isnull=True) | Q(cost__gte=0), name="cost_not_negative"),
            models.CheckConstraint(
                condition=Q(state__in=["settled", "trued_up"], cost__isnull=False)
                | Q(state__in=["reserved", "sent", "released", "unknown"], cost__isnull=True),
                name="cost_exactly_when_settled",
            ),
        ]
        indexes = [
            models.Index(
                fields=["lease_until"], name="call_lease", condition=Q(state__in=["reserved", "sent"])
            ),
            models.Index(fields=["reserved_at"], name="call_unknown", condition=Q(state="unknown")),
            models.Index(
                fields=["provider", "model", "-closed_at", "-id"],
                name="call_closed",  # the last few of a model, before each of its calls
                condition=Q(closed_at__isnull=False),
            ),
            models.Index(fields=["ask_again_at"], name="call_pause", condition=Q(ask_again_at__isnull=False)),
        ]
        triggers = [pgtrigger.Protect(name="call_stays", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.work_key}/{self.step}#{self.number}"


class Escalation(models.Model):
    """A piece of work that went to the strong model, or was let go there."""

    work_key = models.CharField(max_length=200)
    at = models.DateTimeField(db_default=Now(), db_index=True)

    def __str__(self) -> str:
        return self.work_key


class Entry(models.Model):
    """One line of double entry. Append-only; the amounts of a transaction sum to zero, which the database enforces."""

    class Kind(models.TextChoices):
        RESERVE = "reserve"
        SETTLE = "settle"
        RELEASE = "release"
        UNKNOWN = "unknown"
        TRUE_UP = "true_up"

    class Account(models.TextChoices):
        ALLOWED = "allowed"  # what the budgets still allow, the other side of everything
        HELD = "held"  # reserved for calls under way
        SUSPENSE = "suspense"  # held for calls whose outcome nobody knows
        SPENT = "spent"

    transaction = models.UUIDField()
    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="entries")
    account = models.CharField(max_length=10, choices=Account.choices)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    amount = models.BigIntegerField()
    evidence = models.CharField(max_length=500, blank=True)
    posted_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name_plural = "entries"
        constraints = [
            models.UniqueConstraint(
                fields=["call", "kind", "account"], name="one_entry_per_call_kind_account"
            )
        ]
        indexes = [models.Index(fields=["transaction"], name="entry_transaction")]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="sums_to_zero",
                operation=pgtrigger.Insert,
                when=pgtrigger.After,
                timing=pgtrigger.Deferred,
                func="""
                IF (SELECT sum(amount) FROM inference_entry WHERE transaction = NEW.transaction) <> 0 THEN
                    RAISE EXCEPTION 'ledger transaction % does not sum to zero', NEW.transaction
                        USING ERRCODE = 'check_violation';
                END IF;
                RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.account} {self.amount}"


class Statement(models.Model):
    """What the provider's reports say a closed UTC day cost, beside the ledger: per model, and for all by the bill.

    `model` is empty where it is the cost report of the whole day. `ours` and `theirs` are nano-dollars, with what was
    trued up by this very report. Not agreed: an open discrepancy, which `note` puts into words.
    """

    provider = models.CharField(max_length=253)
    day = models.DateField()
    model = models.CharField(max_length=200, blank=True)
    ours = models.BigIntegerField()
    theirs = models.BigIntegerField()
    agreed = models.BooleanField()
    note = models.CharField(max_length=300, blank=True)
    evidence = models.JSONField(help_text="the report's own lines")
    read_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "day", "model"], name="one_statement_per_day_and_model"
            )
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.day} {self.model or 'all models'}"

    @property
    def drift(self) -> int:
        """Nano-dollars that the provider says on top of the ledger."""
        return self.theirs - self.ours
