"""What the reader's next digest looks like, and a test mail to oneself."""

from __future__ import annotations

from typing import cast

from csp.decorators import csp
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from briefings import due, letters, trial
from briefings.web.limits import limited
from users.models import Profile, User
from users.views import MAIL_POLICY


@never_cache
@login_required
@require_safe
def preview(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    profile = Profile.objects.filter(user=user).first()
    if profile is None:
        return redirect("welcome")
    now = timezone.now()
    found, coming = trial.latest(user), due.next_slot(due.clock_of(profile), now)
    context = {
        "edition": found,
        "mail": letters.rendered(found) if found else None,
        # As the reader's clock shows it: templates would turn an aware one into UTC.
        "coming": coming.at.astimezone(profile.time_zone).replace(tzinfo=None) if coming else None,
        "is_next": bool(found and coming and found.local_date == coming.day),
        "profile": profile,
    }
    return render(request, "briefings/mail_preview.html", context)


# A mail brings its own inline styles, so it is shown in a sandbox of its own where nothing else is allowed.
@csp(MAIL_POLICY)
@xframe_options_sameorigin
@never_cache
@login_required
@require_safe
def preview_html(request: HttpRequest) -> HttpResponse:
    found = trial.latest(cast(User, request.user))
    if found is None:
        raise Http404
    return HttpResponse(letters.rendered(found).html)


@never_cache
@login_required
@require_POST
@limited("test-mail")
def test_mail(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    if problem := trial.send(user):
        messages.error(request, problem)
    else:
        messages.success(request, gettext("A test mail is on its way to {email}.").format(email=user.email))
    return redirect("settings")
