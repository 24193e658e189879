"""Reporting a sentence from its evidence, and the public log of what came of it."""

from __future__ import annotations

from typing import cast

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from briefings.feedback import accuracy
from briefings.feedback import challenge as challenging
from briefings.feedback.models import REASON
from briefings.web.limits import allowed, limited_by_address
from briefings.web.live import is_live, signed_in
from briefings.web.views import evidence_page, seen_by_mark
from ingest.plain import visible
from users.models import User

A_PAGE = 50
TOO_LONG = gettext_noop("That is longer than {} characters. Nothing was sent; shorten it and try again.")
TOO_OFTEN = gettext_noop("That were many reports in a short time. Wait a minute, then try again.")


@never_cache
@signed_in
@require_http_methods(["GET", "POST"])
def report(request: HttpRequest, brief_id: str, mark: str) -> HttpResponse:
    """Have the sentence verified again and the result shown; on GET the form, for htmx."""
    user = cast(User, request.user)
    reading, _ = seen_by_mark(request, brief_id, mark)
    one = challenging.said(user, reading, mark)
    if one is None:
        raise Http404
    context = {"reading": reading, "mark": mark, "longest": REASON, "live": is_live(request)}
    if request.method == "POST":
        # Typed line breaks count as two characters on their way here, and as one in the field.
        reason = visible(request.POST.get("reason", "").replace("\r\n", "\n")).strip()
        if refusal := _refusal(request, reason):
            return _refused(request, brief_id, mark, {**context, "refusal": refusal, "typed": reason})
        challenging.challenge(user, one, reason, timezone.now())
    if not is_live(request):
        return redirect(reverse("evidence", args=[brief_id, mark]) + "#report")
    context["result"] = challenging.reported(user, one)
    return render(request, "briefings/_report.html", context)


def _refusal(request: HttpRequest, reason: str) -> str:
    if not allowed(request, "challenge"):
        return gettext(TOO_OFTEN)
    return gettext(TOO_LONG).format(REASON) if len(reason) > REASON else ""


def _refused(request: HttpRequest, brief_id: str, mark: str, context: dict[str, object]) -> HttpResponse:
    if is_live(request):  # htmx puts only what went well into the page
        return render(request, "briefings/_report.html", context)
    status = 429 if context["refusal"] == gettext(TOO_OFTEN) else 422
    typed = {name: context[name] for name in ("refusal", "typed")}
    return evidence_page(request, brief_id, mark, status, **typed)


@never_cache
@require_safe
@limited_by_address
def log(request: HttpRequest) -> HttpResponse:
    counted = accuracy.months()
    page = Paginator(accuracy.listed(), A_PAGE).get_page(request.GET.get("page"))
    context = {"months": counted, "total": accuracy.total(counted), "page": page}
    return render(request, "briefings/accuracy.html", context)
