"""Signed tokens that let a mail stop the daily digest without signing in."""

from __future__ import annotations

from django.core import signing
from django.urls import reverse

from users.models import Profile, User

SALT = "users.unsubscribe"


def make_token(user: User) -> str:
    """A token that never expires, because an old mail must still be able to stop new ones."""
    return signing.dumps(user.pk, salt=SALT, compress=False)


def read_token(token: str) -> int | None:
    """The user id that `make_token` signed (also with an earlier SECRET_KEY), or None when it is not ours."""
    try:
        pk = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    return pk if isinstance(pk, int) else None


def path(user: User) -> str:
    """The address of the reader's unsubscribe page, from the root."""
    return reverse("unsubscribe", args=[make_token(user)])


def preferences_path(user: User) -> str:
    """The address of the reader's page of mail habits, from the root. It opens with the same token."""
    return reverse("mail-preferences", args=[make_token(user)])


def unsubscribe(user_id: int) -> None:
    """Stop the daily digest. Sign-in codes still go out, and repeating it changes nothing."""
    Profile.objects.filter(user_id=user_id).update(digest=False)
