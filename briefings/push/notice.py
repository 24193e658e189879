"""What a push says: the lead story's headline, how many stories, where the edition is. Nothing tells who read it."""

from __future__ import annotations

import json
from datetime import timedelta

from django.urls import reverse

from briefings import digest_render
from briefings.models import Edition

LONGEST = 200  # characters of a title; devices show fewer
# Of what a device did not get while it was off, only the last edition matters: its service and its screen keep one.
TOPIC = "edition"
TEST_LASTS = timedelta(minutes=5)


def of_edition(row: Edition) -> bytes:
    """The message for a ready edition: JSON with title, body, path and tag."""
    told = digest_render.in_short(row)
    return _message(told.subject, told.words, reverse("edition", args=[row.local_date]), TOPIC)


def of_test() -> bytes:
    """The message that shows a reader how it will be."""
    words = "This is how your edition will be announced, once a day at your hour."
    return _message("A test from Nutgraf", words, reverse("today"), "test")


def _message(title: str, body: str, path: str, tag: str) -> bytes:
    told = {"title": title[:LONGEST], "body": body[:LONGEST], "path": path, "tag": tag}
    return json.dumps(told, ensure_ascii=False).encode("utf-8", "replace")
