"""The brief that strangers see on the landing page: the day's most important story, else the bundled sample's."""

from __future__ import annotations

from datetime import datetime, timedelta

from briefings import compose, edition, read
from briefings.models import Brief, State

KEPT = timedelta(
    hours=6
)  # a brief stays that long though its story gains articles: each version costs a model's money


def keep_fresh(now: datetime) -> Brief | None:
    """Write the front page's brief when it has none of these hours. Returns it; None while another worker is at it."""
    candidates, _ = edition.candidates_at(now)
    for candidate in candidates[:3]:
        if kept := _kept(candidate.story, now):
            return kept
        try:
            brief = compose.ready_brief(candidate.story, now)
        except compose.BeingWritten:
            return None
        if brief:
            return brief
    return None


def _kept(story: str, now: datetime) -> Brief | None:
    written = Brief.objects.filter(story_id=story, state=State.READY, written_at__gt=now - KEPT)
    return read.standing_on(written).order_by("-written_at").first()
