"""The pages about a reader's own sources: added, listed with their health, imported, exported, removed."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from briefings.web.limits import limited
from ingest import add as adding
from ingest import opml, own
from ingest.parse import ParseError
from users.models import User

LARGEST = 1024 * 1024  # bytes of a list of feeds; MOST of them take less than a tenth of that


class AddressForm(forms.Form):
    """One field for the address of a feed or a site."""

    url = forms.CharField(
        label=gettext_lazy("Address of a feed or a site"),
        max_length=2000,
        widget=forms.TextInput(
            attrs={"inputmode": "url", "autocomplete": "off", "placeholder": "https://blog.example.com"}
        ),
    )
    any_topic = forms.BooleanField(
        label=gettext_lazy("Take everything from it, not only AI news"), required=False
    )

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"].strip()
        return url if "://" in url else f"https://{url}"


@never_cache
@login_required
@require_safe
def sources(request: HttpRequest) -> HttpResponse:
    return _page(request, AddressForm())


@never_cache
@login_required
@require_POST
@limited("sources-add")
def add(request: HttpRequest) -> HttpResponse:
    form = AddressForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        url, any_topic = form.cleaned_data["url"], form.cleaned_data["any_topic"]
        outcome = own.add_address(_reader(request), url, any_topic)
    except own.TooMany as error:
        form.add_error("url", str(error).capitalize() + ".")
        return _page(request, form, status=422)
    for _, words in outcome.added.refused:
        form.add_error("url", words[:1].upper() + words[1:] + ".")
    if outcome.choices:
        return _page(request, form, choices=outcome.choices[0][1])
    if form.errors:
        return _page(request, form, status=422)
    messages.success(request, _told(outcome))
    return redirect("sources")


def _told(outcome: adding.Outcome) -> str:
    if outcome.unreached:
        return gettext("Added, though {problem}. It is tried again and again.").format(
            problem=outcome.unreached[0][1]
        )
    if outcome.added.new:
        return gettext("Added. What it publishes appears in your editions only.")
    return gettext("That one is read already.")


@never_cache
@login_required
@require_POST
@limited("sources-import")
def take(request: HttpRequest) -> HttpResponse:
    file = request.FILES.get("file")
    if file is None:
        messages.error(request, gettext("Choose an OPML file first."))
        return redirect("sources")
    if (file.size or 0) > LARGEST:
        words = gettext("Nothing was added: the file is larger than {size} MiB.")
        messages.error(request, words.format(size=LARGEST // 1024 // 1024))
        return _page(request, AddressForm(), status=413)
    try:
        added = own.add_list(_reader(request), file.read())
    except (ParseError, opml.BadList, own.TooMany) as error:
        messages.error(request, gettext("Nothing was added: {problem}.").format(problem=error))
        return _page(request, AddressForm(), status=400)
    words = gettext("{new} added, {known} were there already.")
    if added.refused:
        words = gettext("{new} added, {known} were there already, {refused} addresses refused.")
    counts = {"new": len(added.new), "known": len(added.known), "refused": len(added.refused)}
    messages.success(request, words.format(**counts))
    return redirect("sources")


@never_cache
@login_required
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    name = {"Content-Disposition": 'attachment; filename="nutgraf-sources.opml"'}
    return HttpResponse(
        own.as_opml(_reader(request)), content_type="text/x-opml; charset=utf-8", headers=name
    )


@never_cache
@login_required
@require_POST
def told(request: HttpRequest) -> HttpResponse:
    """The reader has seen that these are not read any more."""
    keys = [
        int(key) for key in request.POST.getlist("source")[: own.MOST] if key.isdecimal() and len(key) < 19
    ]
    own.told(_reader(request), keys, timezone.now())
    return redirect("today")


@never_cache
@login_required
@require_POST
def remove(request: HttpRequest, source_id: int) -> HttpResponse:
    if not own.remove(_reader(request), source_id):
        raise Http404
    messages.success(request, gettext("Removed, with everything that was read from it."))
    return redirect("sources")


def _page(
    request: HttpRequest, form: AddressForm, choices: tuple[Any, ...] = (), status: int = 200
) -> HttpResponse:
    now = timezone.now()
    mine = own.sources(_reader(request), now)
    context = {"form": form, "choices": choices, "sources": mine, "most": own.MOST, "now": now}
    return render(request, "briefings/sources.html", context, status=status)


def _reader(request: HttpRequest) -> int:
    return cast(User, request.user).pk
