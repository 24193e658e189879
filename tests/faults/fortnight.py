"""Plays days of digests for many readers: a clock that is told, not waited for; all else is real.

Postgres, SMTP on loopback and the functions that the tasks call are the real ones. Three timetables ring at once.
Workers are processes that are killed with -9 while they send. The database's clock alone decides about leases and
waits, so what waits is moved by as much as the played clock moves: from one moment at which a sweep finds something to
the next, since a pause of seconds that took minutes would have whole crowds wait that nobody keeps waiting.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models.functions import Now

from briefings import digest, mail_door
from briefings.due import AHEAD
from briefings.models import Delivery, Edition, Letter, State
from config.celery import TIMETABLE
from ingest import work
from tests.fakes.mail_server import MailServer
from users.models import Profile, Rhythm, User

ZONES = (
    *("Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Kiritimati", "Europe/Berlin", "America/New_York"),
    *(
        "America/Nuuk",
        "Antarctica/Troll",
        "Asia/Beirut",
        "America/St_Johns",
        "Pacific/Chatham",
        "Asia/Kolkata",
    ),
    *("Pacific/Honolulu", "Europe/London", "Europe/Lisbon", "America/Los_Angeles", "America/Chicago", "UTC"),
    *(
        "America/Sao_Paulo",
        "America/Santiago",
        "America/Havana",
        "Africa/Cairo",
        "Africa/Casablanca",
        "Asia/Tokyo",
    ),
    *("Africa/Johannesburg", "Asia/Shanghai", "Asia/Tehran", "Asia/Jerusalem", "Asia/Yangon", "Asia/Dubai"),
    *("Australia/Adelaide", "Australia/Sydney", "Australia/Eucla", "Pacific/Auckland", "Pacific/Marquesas"),
    *(
        "Pacific/Apia",
        "Pacific/Pago_Pago",
        "America/Asuncion",
        "America/Denver",
        "Atlantic/Azores",
        "Europe/Kyiv",
    ),
)
# Waits double with each try, refused or ended by a death. After more of these a mail may be half an hour late by
# docs/running.md alone; after so many it has waited for a quarter.
MOST_DEATHS, MOST_REFUSALS = 2, 3
SWEEP = timedelta(seconds=TIMETABLE["send what is due"]["schedule"])
LETTER = b"Subject: A quiet day\r\n\r\nNothing happened.\r\n"
# The moment at which a reader's hour is near or has come, and the wait until a mail is due, is nobody's and may go.
NEXT = """
    SELECT least((SELECT min(slot_at) - %s FROM users_profile), (SELECT min(goes_at) FROM briefings_edition)),
        (SELECT min(greatest(due_at, lease_until, (SELECT max(paused_until) FROM briefings_maildoor)))
         FROM briefings_delivery WHERE due_at IS NOT NULL) - now()
"""
WORK = ("briefings_edition", "briefings_delivery")
MOVED = "UPDATE {} SET due_at = due_at - %s, lease_until = lease_until - %s WHERE due_at IS NOT NULL"


@dataclass
class Play:
    """`kills`: of so many workers that send, one dies of it; `seed` fixes the readers and the server's moods."""

    mail: MailServer
    readers: int
    first: date
    days: int
    seed: int
    kills: int = 20
    arrived: dict[str, list[datetime]] = field(default_factory=dict)
    handed: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    sendings: int = 0
    took: float = 0.0  # seconds that the last who lived needed on this machine
    killed: int = 0
    victim: int = 0  # a worker that is to die of the letter after so many more
    letters_left: int = 0
    now: datetime = datetime(2000, 1, 1, tzinfo=UTC)

    def go(self) -> None:
        self.dice = random.Random(self.seed)
        self.now = datetime.combine(self.first, datetime.min.time(), UTC) - timedelta(hours=15)
        self.end = self.now + timedelta(days=self.days, hours=30)
        self._sign_up()
        self.mail.judge = self._judge
        with ThreadPoolExecutor(3) as self.pool:
            rings = self.now
            while self.now < self.end:
                if rings <= self.now:
                    self._ring()
                self._send()
                rings, sends = self._what_is_next()
                self._on(max(SWEEP, -(-(min(rings, sends, self.end) - self.now) // SWEEP) * SWEEP))
            self._at_once(3, lambda: connection.close())

    def _what_is_next(self) -> tuple[datetime, datetime]:
        """When a timetable finds something, and when a worker does; whoever looks sooner finds nothing."""
        with connection.cursor() as cursor:
            cursor.execute(NEXT, [AHEAD])
            near, wait = cursor.fetchone()
        return near, self.end if wait is None else self.now + wait

    def _at_once(self, number: int, act: Callable[[], object]) -> None:
        together = threading.Barrier(number)

        def one(_: int) -> None:
            together.wait()
            act()

        list(self.pool.map(one, range(number)))

    def _sign_up(self) -> None:
        users = [User(email=f"reader{number}@play.example", password="!") for number in range(self.readers)]
        User.objects.bulk_create(users)
        Profile.objects.bulk_create(
            Profile(
                user=user,
                role="cto",
                industry="finance",
                time_zone=ZoneInfo(ZONES[number % len(ZONES)]),
                hour=(0, 1, 2, 3, 23)[number // len(ZONES) % 5] if number % 2 else self.dice.randrange(24),
                days=self.dice.choice(([1, 2, 3, 4, 5, 6, 7], [1, 2, 3, 4, 5], [1, 2, 3, 4, 5, 6, 7])),
                rhythm=Rhythm.WEEKLY if number % 10 == 9 else Rhythm.DAILY,
                round_up_day=self.dice.randrange(1, 8),
                onboarded_at=self.now - timedelta(days=9),
            )
            for number, user in enumerate(users)
        )

    def _ring(self) -> None:
        """Three timetables at once, and whatever they found is prepared."""
        self._at_once(3, self._beat)
        queued = Edition.objects.filter(state=State.QUEUED)
        # What an edition and its mail hold is tried elsewhere; these are quiet days, as `edition.prepare` freezes
        # them, and their letters are there before the hour.
        Letter.objects.bulk_create(Letter(edition=row, message=LETTER) for row in queued)
        queued.update(state=State.READY, prepared_at=self.now, due_at=None, created_at=self.now)
        digest.queue_deliveries(self.now)

    def _beat(self) -> None:
        digest.queue_editions(self.now)
        digest.queue_deliveries(self.now)

    def _send(self) -> None:
        while not mail_door.is_paused() and work.due(Delivery, 1):
            self.sendings += 1
            if self.sendings % self.kills == 0 and not self._tried_enough():
                self._killed()
            else:
                begun = time.monotonic()
                self._at_once(2, lambda: digest.deliver_due(self.now))
                self.took = time.monotonic() - begun

    def _tried_enough(self) -> bool:
        return Delivery.objects.filter(due_at__lte=Now(), attempt__gte=MOST_DEATHS).exists()

    def _killed(self) -> None:
        """A worker in a process of its own that dies in the middle; nobody waits for its lease."""
        inherited = connection.connection  # kept, so that the child does not close its parent's
        pid = os.fork()
        if pid == 0:
            connection.connection = None
            try:
                digest.deliver_due(self.now)
            finally:
                os._exit(0 if inherited else 1)
        if self.dice.random() < 0.5:
            self._until_claimed(pid)
            time.sleep(self.dice.random() * self.took)
            os.kill(pid, signal.SIGKILL)
        else:  # between a mail and its row: the server has the letter, and nobody is left to write that down
            self.letters_left, self.victim = self.dice.randrange(2), pid
        _, status = os.waitpid(pid, 0)
        self.victim = 0
        self.killed += os.WIFSIGNALED(status)
        time.sleep(0.05)  # what it had sent may still be under way
        Delivery.objects.filter(lease_until__isnull=False).update(
            lease_until=datetime(2000, 1, 1, tzinfo=UTC)
        )

    def _until_claimed(self, pid: int) -> None:
        """However busy the machine is: a worker that dies before tries nothing."""
        claimed, patience = Delivery.objects.filter(lease_until__gt=Now()), time.monotonic() + 10
        while not claimed.exists() and time.monotonic() < patience:
            if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
                return
            time.sleep(0.001)

    def _judge(self, letter: Any) -> str:
        """Called for each message by the mail server: what to answer. The same in each play, whoever sends first."""
        reader, mail = str(letter["To"]), str(letter["Message-ID"])
        self.handed[reader] += 1
        self.letters_left -= 1
        if self.victim and self.letters_left < 0:
            with contextlib.suppress(ProcessLookupError):  # it had other reasons to end
                os.kill(self.victim, signal.SIGKILL)
            self.victim = 0
        luck = random.Random(f"{self.seed} {reader} {self.handed[reader]}").random()
        if luck < 0.10 and self.refused[mail] < MOST_REFUSALS:
            self.refused[mail] += 1
            return "421 try again later" if luck < 0.08 else "450 greylisted"
        self.arrived.setdefault(mail, []).append(self.now)
        return "drop" if 0.10 <= luck < 0.13 else "250 OK"

    def _on(self, span: timedelta) -> None:
        self.now += span
        with connection.cursor() as cursor:
            for table in WORK:
                cursor.execute(MOVED.format(table), [span, span])
            cursor.execute("UPDATE briefings_maildoor SET paused_until = paused_until - %s", [span])


def expected(user: User, first: date, days: int) -> set[date]:
    """The local dates of the play on which the reader wants a mail."""
    span = (first + timedelta(days=number) for number in range(days))
    return {day for day in span if day.isoweekday() in user.profile.mail_days}


def verdicts(play: Play, users: Sequence[User]) -> Iterator[str]:
    """Whatever is wrong, in words."""
    rows = {
        (row.edition.reader_id, row.edition.local_date): row
        for row in Delivery.objects.select_related("edition")
    }
    for user in users:
        for day in sorted(expected(user, play.first, play.days)):
            name = f"{user.email} {user.profile.time_zone} {user.profile.hour}:00 {day}"
            row = rows.get((user.pk, day))
            came = play.arrived.get(row.message_id, []) if row else []
            if row is None:
                yield f"{name}: no delivery"
            elif row.state == Delivery.State.SENT and len(came) != 1:
                yield f"{name}: sent, and accepted {len(came)} times"
            elif row.state == Delivery.State.UNKNOWN and len(came) > 1:
                yield f"{name}: accepted {len(came)} times"
            elif row.state not in (Delivery.State.SENT, Delivery.State.UNKNOWN):
                yield f"{name}: {row.state} {row.error}"
            for at in came:
                yield from _in_time(name, user, day, at)


def _in_time(name: str, user: User, day: date, at: datetime) -> Iterator[str]:
    """By the wall clock itself, and not by our own functions: the first moment at which it shows the hour."""
    zone, moment = (
        user.profile.time_zone,
        datetime.combine(day, datetime.min.time(), UTC) - timedelta(hours=16),
    )
    while True:
        local = moment.astimezone(zone)
        if local.date() > day or (local.date() == day and local.hour >= user.profile.hour):
            break
        moment += timedelta(minutes=5)
    if at < moment:
        yield f"{name}: {moment - at} early"
    if at - moment > timedelta(minutes=30):
        yield f"{name}: {at - moment} late"


def states() -> Counter[str]:
    return Counter(Delivery.objects.values_list("state", flat=True))
