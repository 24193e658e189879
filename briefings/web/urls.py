"""Addresses of the pages about the news."""

from __future__ import annotations

from django.urls import path

from briefings.web import (
    archive,
    conversation,
    feed,
    filtered,
    leaving,
    share,
    sources,
    spending,
    views,
    welcome,
)

urlpatterns = [
    path("", views.landing, name="landing"),
    path("welcome/", welcome.welcome, name="welcome"),
    path("today/", views.today, name="today"),
    path("today/prepare/", views.prepare, name="prepare"),
    path("edition/<slug:day>/", views.edition, name="edition"),
    path("archive/", archive.archive, name="archive"),
    path("search/", archive.search, name="search"),
    path("saved/", archive.saved, name="saved"),
    path("filtered/", filtered.filtered, name="filtered"),
    path("settings/export/", leaving.export, name="export"),
    path("settings/delete/", leaving.leave, name="leave"),
    path("left/", leaving.left, name="left"),
    path("spending/", spending.spending, name="spending"),
    path("sources/", sources.sources, name="sources"),
    path("sources/add/", sources.add, name="sources-add"),
    path("sources/import/", sources.take, name="sources-import"),
    path("sources/export/", sources.export, name="sources-export"),
    path("sources/told/", sources.told, name="sources-told"),
    path("sources/<int:source_id>/remove/", sources.remove, name="sources-remove"),
    path("brief/<slug:brief_id>/", views.brief, name="brief"),
    path("brief/<slug:brief_id>/save/", archive.save, name="save"),
    path("brief/<slug:brief_id>/drop/", archive.drop, name="drop"),
    path("brief/<slug:brief_id>/share/", share.share, name="share"),
    path("brief/<slug:brief_id>/ask/", conversation.ask, name="ask"),
    path("brief/<slug:brief_id>/forget/", conversation.forget, name="forget"),
    path("brief/<slug:brief_id>/turn/<int:number>/", conversation.turn, name="turn"),
    path("brief/<slug:brief_id>/turn/<int:number>/stop/", conversation.stop, name="stop"),
    path("brief/<slug:brief_id>/turn/<int:number>/again/", conversation.again, name="again"),
    path("shares/", share.shares, name="shares"),
    path("shares/<int:share_id>/revoke/", share.revoke, name="revoke-share"),
    path("feed/", feed.page, name="feed-page"),
    path("feed/renew/", feed.renew, name="feed-renew"),
    path("feed/revoke/", feed.revoke, name="feed-revoke"),
    path("feed/<slug:token>/", feed.feed, name="feed"),
    path("s/<slug:token>/", share.shared, name="shared"),
    path("s/<slug:token>/card.png", share.card, name="shared-card"),
    path("s/<slug:token>/seen/", share.seen, name="shared-seen"),
    path("brief/<slug:brief_id>/evidence/<slug:mark>/", views.evidence, name="evidence"),
]
