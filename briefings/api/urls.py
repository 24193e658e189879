"""Addresses of the API and of its description."""

from __future__ import annotations

from django.urls import path

from briefings.api import (
    account,
    briefs,
    conversation,
    devices,
    docs,
    editions,
    feedback,
    lenses,
    profile,
    push,
    reading,
    reports,
    saved,
    search,
    second,
    service,
    shares,
    sign_in,
    sources,
    sync,
    topics,
)

api = service.make()
api.add_router("/auth", sign_in.router)
api.add_router("/auth", second.router)
api.add_router("/devices", devices.router)
api.add_router("/sync", sync.router)
api.add_router("/editions", editions.router)
api.add_router("/briefs", briefs.router)
api.add_router("/briefs", conversation.router)
api.add_router("/briefs", lenses.router)
api.add_router("/briefs", reports.router)
api.add_router("", feedback.router)
api.add_router("/saved", saved.router)
api.add_router("", reading.router)
api.add_router("/search", search.router)
api.add_router("/shares", shares.router)
api.add_router("/sources", sources.router)
api.add_router("/topics", topics.router)
api.add_router("/profile", profile.router)
api.add_router("/push", push.router)
api.add_router("", account.router)

urlpatterns = [
    path("openapi.json", docs.openapi, name="openapi"),
    path("docs", docs.docs, name="api-docs"),
    path("", api.urls),
]
