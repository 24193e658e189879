"""Tokens by which apps on a reader's devices sign in: given out once, kept as hashes, listed and revoked.

A token of a device that was not heard of for ninety days opens nothing any more.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any, TypeVar

from django.conf import settings
from django.db import connection, models, transaction
from django.utils import timezone

from users.models import Profile, User
from users.prepared import answer

LASTS = timedelta(days=90)  # after the last use
NOTED = timedelta(hours=1)  # uses within it count as one, so that reading seldom writes
MOST = 20  # devices of one reader; the one unused for longest makes room
NAMELESS = "Unnamed device"
LONGEST_NAME = 60
log = logging.getLogger("users.tokens")
Row = TypeVar("Row", bound=models.Model)
PREFIX = "nutgraf_"  # so that people and scanners know what was left lying around


class DeviceToken(models.Model):
    """One device of a reader. `digest` is the hash of its token, which has too many random bits to be guessed."""

    reader = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="devices")
    name = models.CharField(max_length=LONGEST_NAME)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name

    @property
    def expires_at(self) -> datetime:
        """Aware, UTC; later with each use."""
        return self.last_used_at + LASTS


class DeviceUse(models.Model):
    """How often a device has asked in the current minute. Unlogged: a crash of the database forgets it."""

    device = models.BigIntegerField(primary_key=True)
    minute = models.BigIntegerField()
    times = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.device}: {self.times}"


def issue(reader: User, name: str) -> tuple[DeviceToken, str]:
    """A new device of the reader with its token, which nobody can tell again."""
    token = PREFIX + secrets.token_urlsafe(32)
    with transaction.atomic():
        # One sign-in of a reader after the other, so that the most there may be holds.
        User.objects.select_for_update(of=("self",)).get(pk=reader.pk)
        mine = DeviceToken.objects.filter(reader=reader).order_by("-last_used_at", "-pk")
        DeviceToken.objects.filter(pk__in=list(mine.values_list("pk", flat=True)[MOST - 1 :])).delete()
        device = DeviceToken.objects.create(reader=reader, name=_spelled(name), digest=_digest(token))
    log.info("device %s of reader %s signed in", device.pk, reader.pk)
    return device, token


def opened(token: str, now: datetime) -> tuple[DeviceToken, int] | None:
    """The device with that token and its active reader, profile included; None for any other token.

    That is a use: with it comes how many there were in this minute of the clock, by all web processes together. All in
    one query, since every request to the API begins with it.
    """
    values: dict[str, str | int | datetime] = {
        "digest": _digest(token),
        "after": now - LASTS,
        "minute": int(now.timestamp()) // 60,
    }
    rows = answer(_open_query(), values)
    if not rows:
        return None
    (row,) = rows
    device = _device(row)
    if now - device.last_used_at > NOTED:
        DeviceToken.objects.filter(pk=device.pk, last_used_at__lt=now).update(last_used_at=now)
        device.last_used_at = now
    return device, int(row[-1])


OPEN = """
WITH device AS (
    SELECT {device} FROM users_devicetoken AS device
    WHERE device.digest = %(digest)s AND device.last_used_at > %(after)s
), use AS (
    INSERT INTO users_deviceuse AS use (device, minute, times) SELECT id, %(minute)s, 1 FROM device
    ON CONFLICT (device) DO UPDATE SET
        times = CASE WHEN use.minute = excluded.minute THEN use.times + 1 ELSE 1 END, minute = excluded.minute
    RETURNING times
)
SELECT {device}, {reader}, {profile}, use.times
FROM device JOIN users_user AS reader ON reader.id = device.reader_id CROSS JOIN use
    LEFT JOIN users_profile AS profile ON profile.user_id = reader.id
WHERE reader.is_active
"""


@cache
def _open_query() -> str:
    named = {"device": DeviceToken, "reader": User, "profile": Profile}
    columns = {
        name: ", ".join(f"{name}.{one.column}" for one in _fields(model)) for name, model in named.items()
    }
    return OPEN.format(**columns)


def _device(row: Sequence[Any]) -> DeviceToken:
    first, second = len(_fields(DeviceToken)), len(_fields(DeviceToken)) + len(_fields(User))
    device, reader = _made(DeviceToken, row[:first]), _made(User, row[first:second])
    if row[second] is not None:
        reader.profile = _made(Profile, row[second:-1])
    device.reader = reader
    return device


def _made(model: type[Row], values: Sequence[Any]) -> Row:
    """The instance that a query of the model itself would make."""
    fields = _fields(model)
    read = [
        one.from_db_value(value, None, connection) if hasattr(one, "from_db_value") else value
        for one, value in zip(fields, values, strict=True)
    ]
    return model.from_db(connection.alias, [one.attname for one in fields], read)


def _fields(model: type[models.Model]) -> Sequence[models.Field[Any, Any]]:
    return model._meta.concrete_fields


def mine(reader: User, now: datetime) -> Sequence[DeviceToken]:
    """The reader's devices that are signed in, the one used last first."""
    alive = DeviceToken.objects.filter(reader=reader, last_used_at__gt=now - LASTS)
    return list(alive.order_by("-last_used_at", "-pk"))


def revoke(reader: User, device_id: int) -> bool:
    """Sign the device out at once. False when the reader has no such device."""
    gone, _ = DeviceToken.objects.filter(reader=reader, pk=device_id).delete()
    return gone > 0


def revoke_all(reader: User) -> int:
    """Sign all the reader's devices out at once; how many there were."""
    gone, _ = DeviceToken.objects.filter(reader=reader).delete()
    return gone


def forget_expired(now: datetime) -> int:
    """Delete devices not heard of for longer than a token lasts; the number deleted."""
    gone, _ = DeviceToken.objects.filter(last_used_at__lte=now - LASTS).delete()
    DeviceUse.objects.filter(minute__lt=int(now.timestamp()) // 60 - 60).delete()
    return gone


def _spelled(name: str) -> str:
    plain = "".join(letter for letter in name if letter.isprintable())
    return " ".join(plain.split())[:LONGEST_NAME] or NAMELESS


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
