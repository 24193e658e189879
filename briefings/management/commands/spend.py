"""`manage.py spend`: what inference cost, in total and per verified briefing."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from datetime import datetime
from typing import Any, get_args

from django.core.management.base import BaseCommand
from django.utils import timezone

from briefings import accounts, arguments
from inference import budgets, costs
from inference.costs import CostSummary
from inference.money import usd


class Command(BaseCommand):
    help = "What inference cost: totals, a break-down, and dollars per verified briefing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--since", help="an ISO date or time, UTC without an offset (default: from the beginning)"
        )
        parser.add_argument("--by", choices=get_args(costs.By))
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        since = arguments.moment(options["since"], timezone.now()) if options["since"] else None
        result = _report(since, options["by"])
        self.stdout.write(json.dumps(result, indent=1) if options["json"] else _text(result))


def _report(since: datetime | None, by: costs.By | None) -> dict[str, Any]:
    total = costs.total(since)
    made = accounts.verified(since)
    per = accounts.each(total.nano, made.count)
    lines = costs.breakdown(by, since) if by else []
    return {
        "since": since.isoformat() if since else None,
        **_cost(total),
        "verified_briefings": made.count,
        "counted": made.counted,
        "usd_per_verified_briefing": None if per is None else usd(per),
        "budgets": _budgets(),
        "by": by,
        "lines": [{"key": line.key, **_cost(line.cost)} for line in lines],
    }


def _cost(cost: CostSummary) -> dict[str, Any]:
    return {
        "usd": usd(cost.nano),
        "unknown_usd": usd(cost.held),
        "calls": cost.calls,
        "tokens": asdict(cost.tokens),
        "models": list(cost.models),
    }


def _budgets() -> list[dict[str, str]]:
    return [
        {
            "scope": each.scope,
            "period": each.period,
            "limit_usd": usd(each.limit, 2),
            "settled_usd": usd(each.settled),
            "held_usd": usd(each.held),
        }
        for each in budgets.standing(timezone.now())
    ]


def _text(result: dict[str, Any]) -> str:
    per = result["usd_per_verified_briefing"]
    text = [
        f"${result['usd']} on {result['calls']} calls"
        + (
            f", and up to ${result['unknown_usd']} of unknown outcome" if float(result["unknown_usd"]) else ""
        ),
        f"{result['verified_briefings']} verified briefings ({result['counted']})"
        + (f", ${per} each" if per else ""),
    ]
    text += [
        f"{each['scope']} {each['period']}: ${each['settled_usd']} of ${each['limit_usd']}"
        for each in result["budgets"]
    ]
    text += [f"{line['usd']:>14}  {line['calls']:>6} calls  {line['key']}" for line in result["lines"]]
    return "\n".join(text)
