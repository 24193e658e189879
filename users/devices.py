"""Where a reader is signed in: noted as they read, listed in plain words, ended at once."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from allauth.usersessions.models import UserSession
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.signals import user_logged_out
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import QuerySet
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from users import codes, tokens
from users.browsers import named
from users.models import User

LONGEST: int = UserSession._meta.get_field("user_agent").max_length
NOWHERE = "::"  # the address of no machine: nothing here needs to know where a reader is
EVERY = 600  # seconds; between two notes a device costs no query
REMEMBERED = 10_000  # devices whose last note a web process knows


@dataclass(frozen=True, slots=True)
class Device:
    """One signed-in browser; `seen_at` is right to some ten minutes, `this` the one that asks."""

    id: int
    name: str
    since: datetime
    seen_at: datetime
    this: bool


class Noted:
    """Middleware: notes a signed-in reader's device, at most every ten minutes, and never for pages without cookies.

    When that was, each web process remembers by itself. Kept in the session it would be written beside what another
    request of the same browser writes, and whoever saves last takes the other's away: such as a passkey's challenge.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response
        self._noted: dict[str, float] = {}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        session = request.session
        # An answer of 500 may tell of a database that is away, and a page that reads no cookie should set none.
        if (
            response.status_code < 500
            and session.accessed
            and self._due(session)
            and request.user.is_authenticated
        ):
            _note(request)
            codes.recognise(response, request.user.email)
            self._remember(str(session.session_key))
        return response

    def _due(self, session: SessionBase) -> bool:
        return SESSION_KEY in session and time.time() - self._noted.get(str(session.session_key), 0) >= EVERY

    def _remember(self, key: str) -> None:
        if len(self._noted) >= REMEMBERED:
            self._noted.clear()
        self._noted[key] = time.time()


def _note(request: HttpRequest) -> None:
    """As allauth's own middleware does on every request, in one statement for seven, and without the address."""
    row = UserSession(
        user=request.user,
        session_key=request.session.session_key,
        ip=NOWHERE,
        user_agent=request.headers.get("User-Agent", "")[:LONGEST],
    )
    noted = ["user", "ip", "user_agent", "last_seen_at"]
    UserSession.objects.bulk_create(
        [row], update_conflicts=True, unique_fields=["session_key"], update_fields=noted
    )


def devices(user: User, this: str | None = None) -> list[Device]:
    """Where the reader is signed in, the browser with session key `this` first, then the last seen."""
    found = [
        Device(row.pk, named(row.user_agent), row.created_at, row.last_seen_at, row.session_key == this)
        for row in _live(user).order_by("-last_seen_at", "pk")
    ]
    return sorted(found, key=lambda device: not device.this)


def this(request: HttpRequest) -> UserSession:
    """The signed-in browser that asks, noted anew."""
    _note(request)
    return cast(UserSession, UserSession.objects.get(session_key=request.session.session_key))


def held(user: User) -> list[dict[str, Any]]:
    """What is kept of the reader's devices, for them to take along; nothing in it signs anybody in."""
    fields = ("user_agent", "created_at", "last_seen_at")
    return list(UserSession.objects.filter(user=user).order_by("created_at").values(*fields))


def end(user: User, device_id: int) -> bool:
    """Sign one of the reader's devices out, from its next request on; False when it is none of theirs."""
    return _end(UserSession.objects.filter(user=user, pk=device_id)) > 0


def end_others(user: User, this: str | None = None) -> int:
    """Sign out everywhere but in the browser with session key `this`, if any, apps included; how many that were."""
    return _end(UserSession.objects.filter(user=user).exclude(session_key=this)) + tokens.revoke_all(user)


def end_this(session: SessionBase) -> None:
    """Leave nothing of the session, nor of what was noted of it."""
    UserSession.objects.filter(session_key=session.session_key).delete()
    session.flush()


def lives(noted: UserSession) -> bool:
    """Whether that browser is signed in still; its note may outlive it by an hour."""
    return Session.objects.filter(session_key=noted.session_key, expire_date__gt=timezone.now()).exists()


@receiver(user_logged_out)
def _signed_out(sender: Any, request: HttpRequest, **_: Any) -> None:
    """Its session goes right after this, and what hangs on the note, such as pushes, is not to wait for a sweep."""
    UserSession.objects.filter(session_key=request.session.session_key).delete()


def forget_ended() -> int:
    """Delete sessions that ran out, and what was noted of their devices; the number of the latter."""
    Session.objects.filter(expire_date__lt=timezone.now()).delete()
    gone = UserSession.objects.exclude(session_key__in=Session.objects.values("session_key"))
    return cast(int, gone.delete()[0])


def _live(user: User) -> QuerySet[UserSession]:
    live = Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
    return cast("QuerySet[UserSession]", UserSession.objects.filter(user=user, session_key__in=live))


def _end(rows: QuerySet[UserSession]) -> int:
    with transaction.atomic():
        keys = list(rows.values_list("session_key", flat=True))
        Session.objects.filter(session_key__in=keys).delete()
        rows.filter(session_key__in=keys).delete()
    return len(keys)
