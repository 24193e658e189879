"""The page about a reader's own spending."""

from __future__ import annotations

from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from briefings.own_spent import DAYS, Day, own_accounts
from briefings.templatetags.briefs import exactly
from briefings.web import chart
from briefings.web.chart import Point
from inference import gateway
from inference.budgets import Standing
from users.models import User
from users.zones import zone_of


@never_cache
@login_required
@require_safe
def own_spending(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    zone = zone_of(user)
    found = own_accounts(user, timezone.now(), zone)
    context = {
        "found": found,
        "span": DAYS,
        "zone": zone,
        "model": gateway.available(),
        "days": chart.columns([_day(one) for one in found.days]),
        "budgets": chart.rows([_budget(one) for one in found.budgets]),
    }
    return render(request, "briefings/own_spending.html", context)


def _day(one: Day) -> Point:
    short, whole = date_format(one.day, gettext("j M")), date_format(one.day, gettext("j F"))
    return Point(short, one.nano, f"{whole}: {exactly(one.nano)}")


def _budget(one: Standing) -> Point:
    label = gettext("Today") if len(one.period) == len("2025-08-08") else gettext("This month")
    gone = {"gone": exactly(one.settled + one.held), "limit": exactly(one.limit)}
    told = f"{label}: {gettext('{gone} of {limit}').format(**gone)}"
    return Point(label, one.settled, told, one.held, one.limit)
