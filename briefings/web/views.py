"""The pages about the news: they ask `briefings.read`, and render."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from briefings import edition as editions
from briefings import feed, looks, read
from briefings import share as sharing
from briefings.converse.allowance import Allowance, allowance
from briefings.converse.models import LONGEST
from briefings.converse.shown import Asked, conversation
from briefings.evidence import FAR, NEAR
from briefings.feedback import challenge as challenging
from briefings.feedback import learn
from briefings.feedback.models import REASON, Signal
from briefings.looks import Kind, Look
from briefings.models import State
from briefings.templatetags.sentences import says
from briefings.topics.pages import with_topics
from briefings.web import again, shell, talk
from briefings.web.kept import cited, page_of
from ingest import own
from users import taxonomy
from users.models import Profile, User


@never_cache
@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect("today")
    shown = read.showcase()
    context = {"reading": shown, "page": page_of(shown) if shown else None}
    return render(request, "briefings/landing.html", context)


@never_cache
@login_required
@require_safe
def today(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    if not hasattr(user, "profile"):  # asked for in this way it is at hand for the rest of the page
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
        asked = date.fromisoformat(day)
    except ValueError:
        raise Http404 from None
    if asked.isoformat() != day:  # one day has one address
        raise Http404
    return _edition(request, asked)


@never_cache
@login_required
@require_safe
def brief(request: HttpRequest, brief_id: str) -> HttpResponse:
    if draft := request.GET.get("ask", "")[:LONGEST]:
        page = whole_page(request, brief_id, draft=draft, rendered_at=timezone.now())
        page.as_it_is = True  # type: ignore[attr-defined]  # beside text of anybody's choice the share's secret address
        return page
    told = _told(request, brief_id)
    return shell.keep(again.page(request, "briefings/brief.html", told.made_of, told.context), request.path)


def whole_page(
    request: HttpRequest, brief_id: str, status: int = 200, kind: Kind | None = None, **more: object
) -> HttpResponse:
    """The page of one of the reader's briefs, seen through the lens of another `kind` of reader where it is given.

    `more` goes to its conversation. Raises Http404.
    """
    context = {**_told(request, brief_id, kind).context(), **more}
    return render(request, "briefings/brief.html", context, status=status)


@dataclass(frozen=True, slots=True)
class _Told:
    """What the page of a brief is rendered from, and what that is known by (`briefings.web.again`)."""

    made_of: tuple[Hashable, ...] | None
    context: Callable[[], dict[str, object]]


def _told(request: HttpRequest, brief_id: str, kind: Kind | None = None) -> _Told:
    reading, seen = _seen_by(request, brief_id, kind)
    user = cast(User, request.user)
    asked = conversation(user, brief_id) if reading.asked else []
    (reading,) = with_topics(user, [reading])
    signals = learn.signals_of(user.pk) if reading.taught else []
    left = allowance(user.pk, timezone.now())

    def context() -> dict[str, object]:
        return {
            "reading": reading,
            "page": page_of(reading, whose=_whose(seen)),
            "share": sharing.of_brief(user, brief_id) if reading.shared else None,
            "stance": learn.stances([reading.document], signals)[0],
            **talk_of(user, reading, _turns(reading, asked), left),
            **_switch(request, reading, seen),
        }

    if reading.same is None or asked or seen or reading.shared:
        return _Told(None, context)
    document = reading.document
    return _Told((reading.same, document.written_at, document.cost, left, learn.same(signals)), context)


def stance_of(user: User, reading: read.Reading) -> learn.Stance:
    """What the reader has said about the brief."""
    return learn.stances([reading.document], learn.signals_of(user.pk))[0]


def talk_of(
    user: User, reading: read.Reading, turns: Sequence[talk.TurnPage], left: Allowance | None = None
) -> dict[str, object]:
    """What the page shows of the reader's conversation about the brief, with what may be asked next."""
    asked = {one.question for one in turns}
    answered = {one.question for one in reading.document.prepared}
    chips = tuple(text for text in reading.document.follow_ups if text not in asked | answered)
    return {
        "brief": reading.document.id,
        "turns": turns,
        "chips": chips,
        "under_way": any(one.under_way for one in turns),
        "allowance": left or allowance(user.pk, timezone.now()),
        "longest": LONGEST,
    }


def turns_of(user: User, reading: read.Reading, around: int = NEAR) -> list[talk.TurnPage]:
    """The reader's questions about the brief with their answers."""
    return _turns(reading, conversation(user, reading.document.id), around)


def _turns(reading: read.Reading, asked: Sequence[Asked], around: int = NEAR) -> list[talk.TurnPage]:
    told = talk.cited_articles(asked)
    texts = cited(reading, told) if told else {}
    return [talk.turn_page(one, texts, timezone.now(), around) for one in asked]


@never_cache
@login_required
@require_safe
def evidence(request: HttpRequest, brief_id: str, mark: str) -> HttpResponse:
    return evidence_page(request, brief_id, mark)


def evidence_page(
    request: HttpRequest, brief_id: str, mark: str, status: int = 200, **more: object
) -> HttpResponse:
    """A sentence's evidence, and what came of the reader's report of it; `more` goes to its form. Raises Http404."""
    reading, seen = seen_by_mark(request, brief_id, mark)
    user = cast(User, request.user)
    if of_answer := mark.startswith("t"):
        turns = turns_of(user, reading, FAR)
        shown = [one for turn in turns for one in turn.evidence]
    else:
        shown = list(page_of(reading, FAR, _whose(seen), mark).evidence)
    found = next((one for one in shown if one.mark == mark), None)
    said = challenging.said(user, reading, mark)
    if found is None or said is None:
        raise Http404
    context = {
        "reading": reading,
        "evidence": found,
        "of": says("answer" if of_answer else "", fell=found.change is not None),
        "mark": mark,
        "longest": REASON,
        "result": challenging.reported(user, said),
        **more,
    }
    return render(request, "briefings/evidence.html", context, status=status)


def seen_by_mark(request: HttpRequest, brief_id: str, mark: str) -> tuple[read.Reading, Look | None]:
    """The reader's brief through the lens that has the sentence of that marker. Raises Http404."""
    return _seen_by(request, brief_id, looks.kind_of_mark(mark))


def _edition(request: HttpRequest, day: date, is_today: bool = False) -> HttpResponse:
    """Today's page shows every stage of an edition; any other day has one that is ready, or is a 404."""
    found = read.edition_for(cast(User, request.user), day)
    ready = found is not None and found.state == State.READY
    if not ready and not is_today:
        raise Http404
    user = cast(User, request.user)
    readings = with_topics(user, read.edition_readings(found)) if found and ready else []
    notices = read.edition_notices(found) if found and ready else []
    feed_url = feed.address(found.reader if found else user)
    unread = own.unread(user.pk, timezone.now()) if is_today else []
    stays = found is not None and (found.sample or not readings) and editions.stays(found)
    signals = learn.signals_of(user.pk) if any(one.taught for one in readings) else []

    def context() -> dict[str, object]:
        return {
            "edition": found,
            "notices": notices,
            "feed_url": feed_url,
            "day": day,
            "is_today": is_today,
            "unread": unread,
            "readings": readings,
            "stories": _stories(readings, signals),
            "at": day.isoformat(),
            "stays": stays,
            "minutes": sum(reading.minutes for reading in readings),
            "stage": _stage(found.state if found else None, bool(readings)),
            "role": taxonomy.roles().get(found.role) if found else None,
            "industry": taxonomy.industries().get(found.industry) if found else None,
        }

    same = tuple(one.same for one in readings)
    made_of = (
        (found.pk, getattr(found, "mark", None), day, is_today, feed_url, stays, same, learn.same(signals))
        if found
        else None
    )
    if not ready or notices or unread or None in same:
        made_of = None
    page = again.page(request, "briefings/edition.html", made_of, context)
    if not ready:
        return page
    briefs = [reverse("brief", args=[one.document.id]) for one in readings]
    also = [reverse("edition", args=[day.isoformat()]), *briefs] if is_today else []
    return shell.keep(page, request.path, also)


def stories_of(user: User, readings: Sequence[read.Reading]) -> list[tuple[read.Reading, learn.Stance]]:
    """The stories of an edition's page, each with what the reader has said about it."""
    return _stories(readings, learn.signals_of(user.pk) if any(one.taught for one in readings) else [])


def _stories(
    readings: Sequence[read.Reading], signals: Sequence[Signal]
) -> list[tuple[read.Reading, learn.Stance]]:
    return list(zip(readings, learn.stances([one.document for one in readings], signals), strict=True))


def _stage(state: str | None, stories: bool) -> str:
    if state == State.READY:
        return "stories" if stories else "quiet"
    return {State.QUEUED.value: "preparing", State.FAILED.value: "failed"}.get(state or "", "none")


def lens_of(request: HttpRequest, brief_id: str, kind: Kind | None) -> dict[str, object]:
    """What the lens on the brief's page is drawn from. Raises Http404."""
    reading, seen = _seen_by(request, brief_id, kind)
    page = page_of(reading, whose=_whose(seen))
    return {"reading": reading, "document": reading.document, "page": page, **_switch(request, reading, seen)}


def _seen_by(request: HttpRequest, brief_id: str, kind: Kind | None) -> tuple[read.Reading, Look | None]:
    """The brief through the reader's own lens, or that of another kind of reader, with how that stands."""
    seen = looks.look(brief_id, kind) if kind else None
    reading = read.reading_for(cast(User, request.user), brief_id, seen.lens if seen else read.OWN)
    if reading is None:
        raise Http404
    return reading, seen


def _whose(seen: Look | None) -> str:
    return seen.prefix if seen else "you-"


def _switch(request: HttpRequest, reading: read.Reading, seen: Look | None) -> dict[str, object]:
    """The lens's own state, and what may be chosen instead."""
    user, lens = cast(User, request.user), reading.document.lens
    profile: Profile | None = getattr(user, "profile", None)
    chosen = (seen.role.slug, seen.industry.slug) if seen else (lens.role, lens.industry) if lens else None
    role, industry = chosen or ((profile.role, profile.industry) if profile else ("", ""))
    return {
        "look": seen,
        "roles": taxonomy.roles().values(),
        "industries": taxonomy.industries().values(),
        "role": role,
        "industry": industry,
        "purse": looks.left(user, timezone.now()) if seen and seen.stage != "ready" else None,
    }
