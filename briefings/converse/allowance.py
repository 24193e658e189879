"""What a reader may still spend on answers, before it is spent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.conf import settings

from briefings.converse.model import ANSWER_TOKENS
from inference import budgets, gateway, prices
from inference.budgets import Standing
from inference.models import Purpose

READ = 12_000  # tokens that are held for what a model is shown of a story and a conversation, about


@dataclass(frozen=True, slots=True)
class Allowance:
    """`model`: there is one to ask; an answer of it costs about `each`. `left` and `limit` are of the
    reader's tightest budget (all in nano-dollars), of a `span` "day" or "month" (UTC). `spent`: "" while a model can be
    asked; "reader" or "service" says whose budget is used up, and `until` the date from which it is not.
    """

    model: bool
    each: int = 0
    left: int = 0
    limit: int = 0
    span: str = ""
    spent: str = ""
    until: date | None = None


def allowance(
    reader: int,
    now: datetime,
    purpose: str = Purpose.CONVERSE,
    tokens: tuple[int, int] = (READ, ANSWER_TOKENS),
) -> Allowance:
    """The reader's budgets for questions at `now`, or another purpose that takes so many tokens; holds nothing."""
    if not gateway.available():
        return Allowance(model=False)
    found = budgets.standing_of(now, purpose, reader)
    own = [one for one in found if one.scope.startswith("reader:")]
    tightest = min(own or found, key=lambda one: one.left)
    each = _held_for_one(*tokens)
    used_up = [one for one in found if one.left < each]
    if not used_up:
        return Allowance(True, each, tightest.left, tightest.limit, _span(tightest))
    longest = max(used_up, key=lambda one: _until(one, now))
    who = "reader" if longest in own else "service"
    return Allowance(True, each, tightest.left, tightest.limit, _span(tightest), who, _until(longest, now))


def _held_for_one(read: int, written: int) -> int:
    """About what has to be left of each budget for a model to be asked at all."""
    tariff = prices.listed(settings.NUTGRAF_MODEL_CHEAP)
    return tariff.bound(read, written) if tariff else 0


def _span(standing: Standing) -> str:
    return "day" if len(standing.period) == len("2025-08-08") else "month"


def _until(standing: Standing, now: datetime) -> date:
    today = now.astimezone(UTC).date()
    if _span(standing) == "day":
        return today + timedelta(days=1)
    return (today.replace(day=1) + timedelta(days=32)).replace(day=1)
