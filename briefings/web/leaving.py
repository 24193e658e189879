"""A reader's own data: all of it to take along, and the account to delete."""

from __future__ import annotations

from typing import cast

from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from briefings import personal
from briefings.web.limits import limited
from users import codes
from users.models import User


@never_cache
@login_required
@require_POST
@limited("export")
def export(request: HttpRequest) -> FileResponse:
    now = timezone.now()
    packed = personal.archive(cast(User, request.user), now)
    return FileResponse(packed, as_attachment=True, filename=f"nutgraf-{now:%Y-%m-%d}.zip")


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest) -> HttpResponse:
    """Deletes the account once its address is typed in, which nobody does by mistake."""
    user = cast(User, request.user)
    if request.method != "POST":
        return render(request, "briefings/leave.html")
    if request.POST.get("email", "").strip().lower() != user.email:
        words = gettext("That is not the address of this account. Nothing was deleted.")
        return render(request, "briefings/leave.html", {"error": words}, status=400)
    personal.delete(user)
    logout(request)
    answer = redirect("left")
    codes.forget(answer)
    return answer


@never_cache
@require_safe
def left(request: HttpRequest) -> HttpResponse:
    return render(request, "briefings/left.html")
