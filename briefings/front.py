"""The brief that strangers see on the landing page: the day's most important story, else the bundled sample's."""

from __future__ import annotations

from datetime import datetime

from briefings import compose, edition
from briefings.models import Brief


def keep_fresh(now: datetime) -> Brief | None:
    """Write the front page's brief when it has none yet. Returns it; None while another worker is at it."""
    candidates, _ = edition.candidates_at(now)
    for candidate in sorted(candidates, key=lambda c: (-c.importance, c.story))[:3]:
        try:
            brief = compose.ready_brief(candidate.story, now)
        except compose.BeingWritten:
            return None
        if brief:
            return brief
    return None

