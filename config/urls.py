"""Where each address goes."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

from config.watch import page

handler404 = "users.language.not_found"
handler500 = "config.outage.handler500"
admin.autodiscover()

urlpatterns = [
    # First: each address that stands before one is tried before it, and there are a hundred of pages.
    path("api/v1/", include("briefings.api.urls")),
    path("", include("users.urls")),
    path("", include("briefings.web.urls")),
    path("admin/", admin.site.urls),
    path("status/", page.status, name="status"),
]
