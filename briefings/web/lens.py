"""The switch of the brief page: looking at it through the lens of another role or industry."""

from __future__ import annotations

from typing import cast
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from briefings import looks, read
from briefings.looks import Kind
from briefings.tasks import write_lens_soon
from briefings.web.conversation import signed_in
from briefings.web.limits import allowed
from briefings.web.views import lens_of, whole_page
from users.models import User

TOO_OFTEN = gettext_noop(
    "You have looked through many lenses in a short time. Wait a minute, then try again."
)
UNKNOWN = gettext_noop("Choose a role and an industry from the lists.")


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def lens(request: HttpRequest, brief_id: str) -> HttpResponse:
    return _ask(request, brief_id) if request.method == "POST" else _look(request, brief_id)


def _ask(request: HttpRequest, brief_id: str) -> HttpResponse:
    """Have the lens written where nobody has asked for it, and show it or how far it is."""
    kind = looks.kind_of(request.POST.get("role", ""), request.POST.get("industry", ""))
    if kind is None:
        return _shown(request, brief_id, None, 422, trouble=gettext(UNKNOWN))
    if not allowed(request, "lens"):
        return _shown(request, brief_id, None, 429, trouble=gettext(TOO_OFTEN))
    row = looks.ask(cast(User, request.user), brief_id, kind)
    if row is None:
        raise Http404
    write_lens_soon(row.pk)
    if _live(request):
        return _shown(request, brief_id, kind)
    named = {"role": kind[0].slug, "industry": kind[1].slug}
    return redirect(f"{reverse('lens', args=[brief_id])}?{urlencode(named)}#lens")


def _look(request: HttpRequest, brief_id: str) -> HttpResponse:
    if not request.GET.get("role") and not request.GET.get("industry"):
        return redirect("brief", brief_id)  # also back from signing in again: the form is on that page
    kind = looks.kind_of(request.GET.get("role", ""), request.GET.get("industry", ""))
    if kind is None:
        raise Http404
    # Asked once a second or two: the brief is read only when there is something to show.
    shows_that = _live(request) and "waiting" in request.GET and read.had(cast(User, request.user), brief_id)
    if shows_that and looks.look(brief_id, kind).stage == "waiting":
        return HttpResponse(status=204)
    return _shown(request, brief_id, kind)


def _shown(
    request: HttpRequest, brief_id: str, kind: Kind | None, status: int = 200, trouble: str = ""
) -> HttpResponse:
    """The lens alone where htmx puts it into the page, with status 200 for that; else the whole page."""
    if not _live(request):
        return whole_page(request, brief_id, status, kind, trouble=trouble)
    context = lens_of(request, brief_id, kind) | {"trouble": trouble, "live": True}
    return render(request, "briefings/_lens.html", context)


def _live(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"
