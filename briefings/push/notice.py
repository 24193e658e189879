"""What a push says, in its reader's language: the lead story's headline, how many stories, where the edition is.

Nothing tells who read it.
"""

from __future__ import annotations

import json
from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext

from briefings import digest_render
from briefings.models import Edition
from users.language import current, spoken_to
from users.models import User

LONGEST = 200  # characters of a title; devices show fewer
# Of what a device did not get while it was off, only the last edition matters: its service and its screen keep one.
TOPIC = "edition"
TEST_LASTS = timedelta(minutes=5)


def of_edition(row: Edition) -> bytes:
    """The message for a ready edition: JSON with title, body, path, tag and lang."""
    with spoken_to(row.reader):
        told = digest_render.in_short(row)
        return _message(told.subject, told.words, reverse("edition", args=[row.local_date]), TOPIC)


def of_test(reader: User) -> bytes:
    """The message that shows the reader how it will be."""
    with spoken_to(reader):
        words = gettext("This is how your edition will be announced, once a day at your hour.")
        return _message(gettext("A test from Nutgraf"), words, reverse("today"), "test")


def _message(title: str, body: str, path: str, tag: str) -> bytes:
    told = {"title": title[:LONGEST], "body": body[:LONGEST], "path": path, "tag": tag, "lang": current()}
    return json.dumps(told, ensure_ascii=False).encode("utf-8", "replace")
