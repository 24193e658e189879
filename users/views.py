"""The pages about the reader rather than the news: settings, unsubscribing, and the development mailbox."""

from __future__ import annotations

from typing import cast

from allauth.account import views as allauth
from csp.decorators import csp
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from users import language, outbox, suppressed
from users.forms import LONGEST_ADDRESS, SettingsForm, SignInForm
from users.models import Profile
from users.unsubscribe import preferences_path, read_token, unsubscribe


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit_settings(request: HttpRequest) -> HttpResponse:
    profile: Profile | None = getattr(request.user, "profile", None)
    if profile is None:
        return redirect("welcome")
    form = SettingsForm(request.POST or None, instance=profile)
    if request.method == "POST" and form.is_valid():
        form.save()
        with language.spoken_to(profile.user):
            messages.success(request, gettext("Saved. It counts from your next edition on."))
        return redirect("settings")
    held, habits = suppressed.of(profile.user.email), preferences_path(profile.user)
    return render(request, "users/settings.html", {"form": form, "held": held, "habits": habits})


# The pages it is sent from set no cookie that a token could be compared with. What the browser says of the page instead
# proves that it is one of ours; without that, the address is only filled in on the form that has a token.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return redirect("account_request_login_code")
    if request.headers.get("Sec-Fetch-Site") == "same-origin":
        return cast(HttpResponse, allauth.request_login_code(request))
    form = SignInForm(initial={"email": request.POST.get("email", "")[:LONGEST_ADDRESS]})
    return render(request, "account/request_login_code.html", {"form": form})


def email_not_confirmed(request: HttpRequest) -> HttpResponse:
    """Where allauth leads whoever has still to enter a code; a signed-in reader has none of its pages to go back to."""
    if request.user.is_authenticated:
        return redirect(settings.LOGIN_REDIRECT_URL)
    return cast(HttpResponse, allauth.email_verification_sent(request))


# Mail programs send the one-click POST of RFC 8058 without cookies and without a token of ours: the signed address
# is the proof, and all it can do is stop a mail.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe_page(request: HttpRequest, token: str) -> HttpResponse:
    user_id = read_token(token)
    if user_id is None:
        raise Http404
    if request.method == "POST":
        unsubscribe(user_id)
    return render(request, "users/unsubscribe.html", {"done": request.method == "POST"})


@never_cache
@require_safe
def outbox_list(request: HttpRequest, name: str = "") -> HttpResponse:
    _only_in_development(request)
    mails = outbox.mails()
    chosen = next((mail for mail in mails if mail.name == name), None) if name else next(iter(mails), None)
    if name and chosen is None:
        raise Http404
    return render(request, "users/outbox.html", {"mails": mails[:100], "chosen": chosen})


# A mail brings its own inline styles, so it is shown in a sandbox of its own where nothing else is allowed.
MAIL_POLICY = {
    "default-src": ["'none'"],
    "style-src": ["'unsafe-inline'"],
    "frame-ancestors": ["'self'"],
    "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox"],
}


@csp(MAIL_POLICY)  # type: ignore[arg-type]  # its stub forgets views with arguments
@xframe_options_sameorigin
@never_cache
@require_safe
def outbox_html(request: HttpRequest, name: str) -> HttpResponse:
    _only_in_development(request)
    chosen = outbox.mail(name)
    if chosen is None or not chosen.html:
        raise Http404
    return HttpResponse(chosen.html)


def _only_in_development(request: HttpRequest) -> None:
    """The mailbox holds sign-in codes: it opens only in development, and only to this very machine."""
    address = request.META.get("REMOTE_ADDR", "")
    if not (settings.MAILBOX_SHOWN and (address.startswith("127.") or address == "::1")):
        raise Http404
