"""The page about spending: for those who run the service; to anybody else it does not exist."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from briefings.accounts import Accounts, Day, accounts
from briefings.templatetags.briefs import dollars, words
from briefings.web import chart
from briefings.web.chart import Chart, Point
from inference.budgets import Standing
from inference.costs import Line
from users.staff import staff_only

SPANS = (14, 30, 90)  # days


@never_cache
@staff_only
@require_safe
def spending(request: HttpRequest) -> HttpResponse:
    asked = request.GET.get("days", "")
    days = int(asked) if asked in map(str, SPANS) else SPANS[0]
    found = accounts(timezone.now(), days)
    context = {"found": found, "span": days, "spans": SPANS, "charts": _charts(found)}
    return render(request, "briefings/spending.html", context)


def _charts(found: Accounts) -> dict[str, Chart]:
    return {
        "per_briefing": chart.columns([_per_briefing(day) for day in found.days]),
        "days": chart.columns([_spent(day) for day in found.days]),
        "purposes": _lines(found.purposes),
        "models": _lines(found.models),
        "budgets": chart.rows([_budget(each) for each in found.budgets]),
    }


def _per_briefing(day: Day) -> Point:
    each = day.per_briefing
    told = f"{day.day:%-d %B}: " + ("no briefing" if each is None else f"{dollars(each)} a briefing")
    return Point(f"{day.day:%-d %b}", each, told)


def _spent(day: Day) -> Point:
    return Point(f"{day.day:%-d %b}", day.nano, f"{day.day:%-d %B}: {dollars(day.nano)}")


def _lines(lines: Sequence[Line]) -> Chart:
    return chart.rows(
        [Point(words(line.key), line.cost.nano, f"{line.key}: {dollars(line.cost.nano)}") for line in lines]
    )


def _budget(each: Standing) -> Point:
    told = f"{each.scope} {each.period}: {dollars(each.settled + each.held)} of {dollars(each.limit)}"
    return Point(f"{words(each.scope)} {each.period}", each.settled, told, each.held, each.limit)
