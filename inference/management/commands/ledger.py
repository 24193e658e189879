"""`manage.py ledger`: check the books, close what is open, list the calls."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from inference import audit, ledger, reconcile, spool
from inference.errors import InferenceError, LedgerDown
from inference.models import Call, Statement
from inference.money import usd
from inference.tokens import Tokens


class Command(BaseCommand):
    help = "Check the ledger (verify), compare it with the provider (reconcile), list its calls (calls)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=sorted(ACTIONS))
        parser.add_argument("--limit", type=int, default=100, help="for calls: how many, the newest first")
        parser.add_argument("--state", choices=Call.State.values, help="for calls: only these")
        parser.add_argument(
            "--days", type=int, default=reconcile.DAYS, help="for reconcile: how many closed days, up to 30"
        )
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["limit"] < 1:
            raise CommandError(f"--limit {options['limit']}: allowed are numbers from 1", returncode=2)
        if not 1 <= options["days"] <= 30:
            raise CommandError(f"--days {options['days']}: allowed are numbers from 1 to 30", returncode=2)
        try:
            result, lines, good = ACTIONS[options["action"]](options)
        except LedgerDown as error:
            raise CommandError(str(error)) from error
        self.stdout.write(json.dumps(result, indent=1) if options["json"] else "\n".join(lines))
        if not good:
            raise SystemExit(1)


Result = tuple[Any, list[str], bool]
MISSING = (
    "OPENAI_ADMIN_KEY is not set, so there is no usage and cost report to compare with: unknown calls stay open and "
    "their holds keep counting against the budgets"
)
WAITING = "the days of these calls are not closed yet: look again tomorrow"


def _verify(_: dict[str, Any]) -> Result:
    broken = audit.verify()
    counted = Call.objects.count()
    result = {"ok": not broken, "calls": counted, "broken": [asdict(each) for each in broken]}
    lines = [f"{each.name}: {each.detail}" for each in broken] or [
        f"All invariants hold over {counted} calls."
    ]
    return result, lines, not broken


def _reconcile(options: dict[str, Any]) -> Result:
    """Close what can be closed, by ourselves and by the provider's reports; good when nothing is left open."""
    posted, swept, free = spool.drain(), ledger.sweep(), reconcile.free_of_charge()
    outcome, error = _compare(options["days"])
    unknown = list(Call.objects.filter(state=Call.State.UNKNOWN).values_list("hold", flat=True))
    under_way = Call.objects.filter(state__in=[Call.State.RESERVED, Call.State.SENT]).count()
    statements = outcome.statements if outcome else ()
    disagreeing = [statement for statement in statements if not statement.agreed]
    if not error and unknown and not disagreeing:
        error = WAITING if outcome else MISSING
    if under_way and not error:
        error = f"{under_way} calls are under way: look again in some minutes"
    result = {
        "posted": posted,
        "swept": swept,
        "trued_up": free + (outcome.trued_up if outcome else 0),
        "unknown": len(unknown),
        "held_usd": usd(sum(unknown)),
        "days": [outcome.first.isoformat(), outcome.last.isoformat()] if outcome else None,
        "statements": [_statement(statement) for statement in statements],
        "error": error,
    }
    return result, _reconciled(result), not error and not disagreeing


def _compare(days: int) -> tuple[reconcile.Outcome | None, str]:
    if not settings.OPENAI_ADMIN_KEY:
        return None, ""
    try:
        return reconcile.run(timezone.now(), days), ""
    except LedgerDown:
        raise
    except InferenceError as error:
        return None, f"the provider's reports cannot be read: {error}"


def _statement(statement: Statement) -> dict[str, Any]:
    return {
        "day": statement.day.isoformat(),
        "model": statement.model or None,
        "ours_usd": usd(statement.ours),
        "theirs_usd": usd(statement.theirs),
        "agreed": statement.agreed,
        "note": statement.note,
    }


def _reconciled(result: dict[str, Any]) -> list[str]:
    swept = result["swept"]
    lines = [
        f"{result['posted']} waiting bills posted, {swept['released']} calls released, {swept['unknown']} made unknown",
        f"{result['trued_up']} unknown calls closed; {result['unknown']} left, holding ${result['held_usd']}",
    ]
    for each in result["statements"]:
        said = "agrees" if each["agreed"] else each["note"]
        whose = f"${each['ours_usd']} by the ledger, ${each['theirs_usd']} by the provider"
        lines.append(f"{each['day']} {each['model'] or 'all models'}: {whose}: {said}")
    return [*lines, result["error"]] if result["error"] else lines


def _calls(options: dict[str, Any]) -> Result:
    calls = Call.objects.order_by("-pk")
    if options["state"]:
        calls = calls.filter(state=options["state"])
    rows = [_row(call) for call in calls[: options["limit"]]]
    lines = [_line(row) for row in rows]
    return rows, lines or ["No calls."], True


def _line(row: dict[str, Any]) -> str:
    money = f"${row['usd']}" if row["usd"] else f"(held ${row['hold_usd']})"
    what = f"{row['purpose']} {row['work_key']}/{row['step']}#{row['number']}"
    return f"{row['reserved_at']} {row['state']:9} {money} {row['model']} {what} {row['error']}".rstrip()


def _row(call: Call) -> dict[str, Any]:
    tokens = {axis: getattr(call, axis) for axis in asdict(Tokens())}
    texts = (
        "work_key",
        "step",
        "number",
        "purpose",
        "brief",
        "provider",
        "model",
        "model_reported",
        "tier",
        "state",
    )
    return {
        "id": call.pk,
        "attempt": str(call.attempt),
        **{name: getattr(call, name) for name in texts},
        "reader": call.reader_id,
        "usd": None if call.cost is None else usd(call.cost),
        "hold_usd": usd(call.hold),
        "tokens": tokens,
        "usage": call.usage,
        "request_id": call.request_id,
        "finish_reason": call.finish_reason,
        "flags": call.flags,
        "error": call.error,
        **{
            name: _iso(getattr(call, name)) for name in ("reserved_at", "sent_at", "closed_at", "lease_until")
        },
    }


def _iso(time: Any) -> str | None:
    return time.isoformat() if time else None


ACTIONS: dict[str, Callable[[dict[str, Any]], Result]] = {
    "verify": _verify,
    "reconcile": _reconcile,
    "calls": _calls,
}
