"""The page of what was left out: for readers who wonder whether the gate kept something from them."""

from __future__ import annotations

from typing import cast

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from ingest import filtered as gate
from users.models import User

PER_PAGE = 50


@never_cache
@login_required
@require_safe
def filtered(request: HttpRequest) -> HttpResponse:
    reader = cast(User, request.user)
    items = Paginator(gate.filtered(reader.pk, timezone.now()), PER_PAGE)
    page = items.get_page(request.GET.get("page"))
    return render(request, "briefings/filtered.html", {"page": page, "days": gate.DAYS})
