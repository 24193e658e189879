"""Addresses of the pages about the news."""

from __future__ import annotations

from django.urls import path

from briefings.web import filtered, sources, spending, views, welcome

urlpatterns = [
    path("", views.landing, name="landing"),
    path("welcome/", welcome.welcome, name="welcome"),
    path("today/", views.today, name="today"),
    path("today/prepare/", views.prepare, name="prepare"),
    path("edition/<slug:day>/", views.edition, name="edition"),
    path("archive/", views.archive, name="archive"),
    path("filtered/", filtered.filtered, name="filtered"),
    path("spending/", spending.spending, name="spending"),
    path("sources/", sources.sources, name="sources"),
    path("sources/add/", sources.add, name="sources-add"),
    path("sources/import/", sources.take, name="sources-import"),
    path("sources/export/", sources.export, name="sources-export"),
    path("sources/told/", sources.told, name="sources-told"),
    path("sources/<int:source_id>/remove/", sources.remove, name="sources-remove"),
    path("brief/<slug:brief_id>/", views.brief, name="brief"),
    path("brief/<slug:brief_id>/evidence/<slug:mark>/", views.evidence, name="evidence"),
]
