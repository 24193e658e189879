"""Signed tokens that let a mail change when mail comes, for a year, and stop it for good, without signing in."""

from __future__ import annotations

from datetime import timedelta

from django.core import signing
from django.urls import reverse

from users.models import Profile, User

SALT = "users.unsubscribe"
# Whoever gets hold of an old mail can do with it what its reader could: that should end some day.
HABITS_FOR = timedelta(days=365)


class Expired(Exception):
    """The token is ours, and too old for what it is to open."""


def make_token(user: User) -> str:
    """A token that says when it was made: it opens the habits for HABITS_FOR, and stops the digest for ever."""
    return signing.dumps(user.pk, salt=SALT, compress=False)


def read_token(token: str, within: timedelta | None = None) -> int | None:
    """The user id that `make_token` signed (also with an earlier SECRET_KEY), or None when it is not ours.

    Raises Expired for one of ours that was made longer ago than `within`. Without that none is too old: an old mail
    must still be able to stop new ones.
    """
    try:
        pk = signing.loads(token, salt=SALT, max_age=within)
    except signing.SignatureExpired:
        raise Expired from None
    except signing.BadSignature:
        return None
    return pk if isinstance(pk, int) else None


def path(user: User) -> str:
    """The address of the reader's unsubscribe page, from the root."""
    return reverse("unsubscribe", args=[make_token(user)])


def preferences_path(user: User) -> str:
    """The address of the reader's page of mail habits, from the root. It opens with the same token, for a year."""
    return reverse("mail-preferences", args=[make_token(user)])


def unsubscribe(user_id: int) -> None:
    """Stop the daily digest. Sign-in codes still go out, and repeating it changes nothing."""
    Profile.objects.filter(user_id=user_id).update(digest=False)
