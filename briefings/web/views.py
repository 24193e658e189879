"""The pages about the news: they ask `briefings.read`, and render."""

from __future__ import annotations

from datetime import date
from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from briefings import edition as editions
from briefings import read
from briefings.evidence import FAR, NEAR
from briefings.models import State
from briefings.web.page import BriefPage, brief_page, cited_articles
from users import taxonomy
from users.models import Profile, User


@never_cache
@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect("today")
    shown = read.showcase()
    context = {"reading": shown, "page": _page(shown) if shown else None}
    return render(request, "briefings/landing.html", context)


@never_cache
@login_required
@require_safe
def today(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    if not Profile.objects.filter(user=user).exists():
        return redirect("welcome")
    return _edition(request, editions.local_date_of(user, timezone.now()), is_today=True)


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def prepare(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    if request.method == "GET":  # back from signing in again: the button is on that page
        return redirect("today")
    if not Profile.objects.filter(user=user).exists():
        return redirect("welcome")
    editions.request(user, editions.local_date_of(user, timezone.now()))
    return redirect("today")


@never_cache
@login_required
@require_safe
def edition(request: HttpRequest, day: str) -> HttpResponse:
    try:
        return _edition(request, date.fromisoformat(day))
    except ValueError:
        raise Http404 from None


@never_cache
@login_required
@require_safe
def archive(request: HttpRequest) -> HttpResponse:
    return render(request, "briefings/archive.html", {"issues": read.archive(cast(User, request.user))})


@never_cache
@login_required
@require_safe
def brief(request: HttpRequest, brief_id: str) -> HttpResponse:
    reading = _own(request, brief_id)
    context = {"reading": reading, "page": _page(reading), **_reader(reading)}
    return render(request, "briefings/brief.html", context)


@never_cache
@login_required
@require_safe
def evidence(request: HttpRequest, brief_id: str, mark: str) -> HttpResponse:
    reading = _own(request, brief_id)
    found = next((one for one in _page(reading, FAR).evidence if one.mark == mark), None)
    if found is None:
        raise Http404
    return render(request, "briefings/evidence.html", {"reading": reading, "evidence": found})


def _own(request: HttpRequest, brief_id: str) -> read.Reading:
    reading = read.reading_for(cast(User, request.user), brief_id)
    if reading is None:
        raise Http404
    return reading


def _page(reading: read.Reading, around: int = NEAR) -> BriefPage:
    cited = read.cited(reading.revisions, cited_articles(reading.document))
    return brief_page(reading.document, cited, reading.gone, around)


def _edition(request: HttpRequest, day: date, is_today: bool = False) -> HttpResponse:
    """Today's page shows every stage of an edition; any other day has one that is ready, or is a 404."""
    found = read.edition_for(cast(User, request.user), day)
    ready = found is not None and found.state == State.READY
    if not ready and not is_today:
        raise Http404
    readings = read.edition_readings(found) if found and ready else []
    context = {
        "edition": found,
        "notices": read.edition_notices(found) if found and ready else [],
        "day": day,
        "is_today": is_today,
        "readings": readings,
        "stays": found is not None and (found.sample or not readings) and editions.stays(found),
        "minutes": sum(reading.minutes for reading in readings),
        "stage": _stage(found.state if found else None, bool(readings)),
        "role": taxonomy.roles().get(found.role) if found else None,
        "industry": taxonomy.industries().get(found.industry) if found else None,
    }
    return render(request, "briefings/edition.html", context)


def _stage(state: str | None, stories: bool) -> str:
    if state == State.READY:
        return "stories" if stories else "quiet"
    return {State.QUEUED.value: "preparing", State.FAILED.value: "failed"}.get(state or "", "none")


def _reader(reading: read.Reading) -> dict[str, object]:
    lens = reading.document.lens
    if lens is None:
        return {}
    return {"role": taxonomy.roles().get(lens.role), "industry": taxonomy.industries().get(lens.industry)}
