"""Registers where a reader wants pushes, lists it, takes it away. What is registered is hostile until it is judged."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db import transaction
from django.db.models.functions import Coalesce
from django.utils.translation import gettext

from briefings.push import keys, seal
from briefings.push.models import LONGEST_ENDPOINT, LONGEST_LABEL, PushSubscription, digest_of
from ingest.addresses import Address, Target, Unreachable, among, permitted, target
from ingest.plain import line
from users.models import DeviceToken, User

MOST = 10  # of one reader; the one that was pushed to or turned on longest ago makes room
NUMBER = re.compile(
    r"(.*\.)?(\d+|0x[0-9a-f]*)\.?", re.IGNORECASE
)  # what resolvers take for a spelled-out address
NAMELESS = "Unnamed device"


class Unusable(Exception):
    """Nothing can be pushed there: `field` is endpoint, p256dh or auth, and str() says why."""

    def __init__(self, field: str, words: str) -> None:
        super().__init__(words)
        self.field = field


def add(
    reader: User,
    endpoint: str,
    p256dh: str,
    auth: str,
    label: str,
    *,
    session: UserSession | None = None,
    device: DeviceToken | None = None,
) -> PushSubscription:
    """The reader's subscription at that endpoint, new or as it was, to be pushed to from now on. Raises Unusable.

    A browser has one endpoint, whoever is signed in: what it was to another reader ends. That it is the same browser
    is told by its keys, which nobody else has.
    """
    _judge(endpoint)
    theirs, shared = _key(p256dh), _secret(auth)
    digest = digest_of(endpoint)
    with transaction.atomic():
        # One registration of a reader after the other, so that the most there may be holds.
        User.objects.select_for_update(of=("self",)).get(pk=reader.pk)
        same = PushSubscription.objects.filter(digest=digest, p256dh=theirs, auth=shared)
        same.exclude(reader=reader).delete()
        made, _ = PushSubscription.objects.update_or_create(
            reader=reader,
            digest=digest,
            defaults={
                "endpoint": endpoint,
                "p256dh": theirs,
                "auth": shared,
                "label": line(label, LONGEST_LABEL) or NAMELESS,
                "session": session,
                "device": device,
                "held": "",
            },
        )
        others = PushSubscription.objects.filter(reader=reader).exclude(pk=made.pk)
        newest = others.order_by(Coalesce("pushed_at", "created_at").desc(), "-pk")
        PushSubscription.objects.filter(pk__in=list(newest.values_list("pk", flat=True)[MOST - 1 :])).delete()
    return made


def mine(reader: User) -> Sequence[PushSubscription]:
    """The reader's subscriptions, the newest first."""
    return list(PushSubscription.objects.filter(reader=reader).order_by("-created_at", "-pk"))


def of_session(reader: User, session_key: str | None) -> PushSubscription | None:
    """That of the reader's browser with this session."""
    found = PushSubscription.objects.filter(reader=reader, session__session_key=session_key)
    return found.order_by("-created_at", "-pk").first()


def remove(reader: User, subscription_id: int) -> bool:
    """Push there no more. False when the reader has no such subscription."""
    gone, _ = PushSubscription.objects.filter(reader=reader, pk=subscription_id).delete()
    return gone > 0


def _judge(endpoint: str) -> None:
    """Whether it may be an endpoint, as far as is told without looking names up: sending judges where they lead."""
    if len(endpoint) > LONGEST_ENDPOINT:
        raise Unusable(
            "endpoint", gettext("an endpoint has {most} characters at most").format(most=LONGEST_ENDPOINT)
        )
    try:
        where = target(endpoint)
    except Unreachable as error:
        raise Unusable("endpoint", error.words) from None
    number = _number(where)
    if number is not None and among(number, settings.NUTGRAF_PUSH_ALLOW):
        return
    if not where.secure:
        raise Unusable("endpoint", gettext("an endpoint is an https address"))
    if number is None and ("." not in where.host.strip(".") or NUMBER.fullmatch(where.host)):
        raise Unusable("endpoint", gettext("an endpoint is at a host with a name"))
    if number is not None and not permitted(number):
        raise Unusable("endpoint", gettext("it points into a private or reserved network"))


def _number(where: Target) -> Address | None:
    try:
        return ipaddress.ip_address(where.host)
    except ValueError:
        return None


def _key(p256dh: str) -> str:
    try:
        raw = keys.unpacked(p256dh)
        seal.point(raw)
    except ValueError:
        raise Unusable("p256dh", gettext("this is not a public key of a browser")) from None
    return keys.packed(raw)


def _secret(auth: str) -> str:
    try:
        raw = keys.unpacked(auth)
    except ValueError:
        raw = b""
    if len(raw) != seal.SECRET:
        raise Unusable("auth", gettext("this is not a secret of {n} bytes").format(n=seal.SECRET))
    return keys.packed(raw)
