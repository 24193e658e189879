"""Following a topic: it stands among the interests that the reader wrote, and goes from there again."""

from __future__ import annotations

import re

from django.db import transaction
from django.utils.translation import gettext

from briefings.topics import spelling
from users.models import Profile, User

LONGEST = 1000  # characters of interests
_BETWEEN = re.compile(r"[,;\n]")


class NoRoom(Exception):
    """The interests are as long as they may be; the text says so in words for the reader."""


def follows(interests: str, key: str) -> bool:
    """Whether one of the interests names the topic, however it is spelled."""
    return any(spelling.key(wish) == key for wish in _BETWEEN.split(interests))


def with_topic(interests: str, name: str) -> str:
    """The interests with the topic; as they are where it is among them."""
    if follows(interests, spelling.key(name)):
        return interests
    written = interests.rstrip().rstrip(",;.")
    return f"{written}, {name}" if written else name


def without_topic(interests: str, key: str) -> str:
    """The interests without any that names the topic, otherwise as they were written."""
    if not follows(interests, key):
        return interests
    kept = [
        wish
        for wish in re.findall(r"[^,;\n]+[,;\n]?", interests)
        if spelling.key(wish[:-1] if wish[-1] in ",;\n" else wish) != key
    ]
    return "".join(kept).strip().rstrip(",;")


def follow(user: User, name: str) -> None:
    """Raises NoRoom; nothing for a reader without a profile."""
    with transaction.atomic():
        profile = Profile.objects.select_for_update().filter(user=user).first()
        if profile is None:
            return
        profile.interests = with_topic(profile.interests, name)
        if len(profile.interests) > LONGEST:
            raise NoRoom(
                gettext(
                    "Your interests are as long as they may be. Take something out in your settings first."
                )
            )
        profile.save(update_fields=["interests"])


def unfollow(user: User, key: str) -> None:
    with transaction.atomic():
        profile = Profile.objects.select_for_update().filter(user=user).first()
        if profile:
            profile.interests = without_topic(profile.interests, key)
            profile.save(update_fields=["interests"])
