"""`manage.py ledger`: check the books, close what is open, list the calls."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from inference import audit, ledger, spool
from inference.errors import LedgerDown
from inference.models import Call
from inference.money import usd
from inference.tokens import Tokens


class Command(BaseCommand):
    help = "Check the ledger (verify), compare it with the provider (reconcile), list its calls (calls)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=sorted(ACTIONS))
        parser.add_argument("--limit", type=int, default=100, help="for calls: how many, the newest first")
        parser.add_argument("--state", choices=Call.State.values, help="for calls: only these")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["limit"] < 1:
            raise CommandError(f"--limit {options['limit']}: allowed are numbers from 1", returncode=2)
        try:
            result, lines, good = ACTIONS[options["action"]](options)
        except LedgerDown as error:
            raise CommandError(str(error)) from error
        self.stdout.write(json.dumps(result, indent=1) if options["json"] else "\n".join(lines))
        if not good:
            raise SystemExit(1)


Result = tuple[Any, list[str], bool]
MISSING = (
    "no usage and cost report is configured: reconciling with the provider needs one, so unknown calls stay open "
    "and their holds keep counting against the budgets"
)


def _verify(_: dict[str, Any]) -> Result:
    broken = audit.verify()
    counted = Call.objects.count()
    result = {"ok": not broken, "calls": counted, "broken": [asdict(each) for each in broken]}
    lines = [f"{each.name}: {each.detail}" for each in broken] or [
        f"All invariants hold over {counted} calls."
    ]
    return result, lines, not broken


def _reconcile(_: dict[str, Any]) -> Result:
    """What can be closed without the provider's reports is closed; reading those needs an admin key to come."""
    posted = spool.drain()
    swept = ledger.sweep()
    open_ = Call.objects.filter(state=Call.State.UNKNOWN)
    held = sum(open_.values_list("hold", flat=True))
    under_way = Call.objects.filter(state__in=[Call.State.RESERVED, Call.State.SENT]).count()
    missing = MISSING if open_.exists() else ""
    if under_way and not missing:
        missing = f"{under_way} calls are under way: look again in some minutes"
    result = {
        "posted": posted,
        "swept": swept,
        "unknown": open_.count(),
        "held_usd": usd(held),
        "error": missing,
    }
    counts = (
        f"{posted} waiting bills posted, {swept['released']} calls released, {swept['unknown']} made unknown"
    )
    lines = [counts, f"{open_.count()} calls unknown, holding ${usd(held)}", missing]
    return result, [line for line in lines if line], not missing


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
