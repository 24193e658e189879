"""How fast prepared editions go out, against a bare loop that sends mails of the same size to the same sink.

Prints one JSON document: mails a second of ours and of the bare loop, in turns in the same run; memory at the beginning
and the end; and how long it takes to find who is due among many readers, and to queue for them. The sink
is an aiosmtpd in a process of its own that takes everything.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import smtplib
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
READERS = """
    INSERT INTO users_user (password, is_superuser, email, is_staff, is_active, date_joined)
    SELECT '!', false, 'reader' || n || '@bench.example', false, true, now() FROM generate_series(1, %s) n
"""
# Spread over zones and hours as a world of readers is; what is due next is known, as after their first sweep.
PROFILES = """
    INSERT INTO users_profile (user_id, role, industry, interests, time_zone, hour, days, digest, onboarded_at, slot_at)
    SELECT id, 'cto', 'finance', '', 'UTC', id %% 24, '{1,2,3,4,5,6,7}', true, now() - interval '9 days',
           date_trunc('day', %s::timestamptz) + make_interval(hours => (id %% 24)::int)
             + CASE WHEN id %% 24 <= extract(hour FROM %s::timestamptz) THEN interval '1 day' ELSE interval '0' END
    FROM users_user WHERE id NOT IN (SELECT user_id FROM users_profile)
"""
EDITIONS = """
    INSERT INTO briefings_edition (id, reader_id, local_date, state, role, industry, sample, prepared_at, created_at,
                                   attempt, error, goes_at)
    SELECT 'e' || profile.user_id, profile.user_id, %s, 'ready', 'cto', 'finance', false, now(), now(), 0, '', %s
    FROM users_profile profile WHERE profile.user_id <= %s
"""
LETTERS = """
    INSERT INTO briefings_letter (edition_id, message, told, made_at)
    SELECT id, %s, '{}', now() FROM briefings_edition
"""


def sink(port: int, counted: Any) -> None:
    from aiosmtpd.controller import Controller

    class Sink:
        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
            counted.value += 1
            return "250 OK"

    controller = Controller(Sink(), hostname="127.0.0.1", port=port)
    controller.start()
    multiprocessing.Event().wait()


def bare(port: int, number: int, content: bytes) -> float:
    """Seconds that the bare loop takes."""
    begun = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", port) as smtp:
        for one in range(number):
            smtp.sendmail("nutgraf@bench.example", [f"reader{one}@bench.example"], content)
    return time.perf_counter() - begun


def resident() -> float:
    import psutil

    return float(psutil.Process().memory_info().rss / 1e6)


def letter() -> bytes:
    """The mail of a real edition of the bundled kind."""
    from briefings import letters
    from tests.briefings import factories, rows
    from users.models import User

    ada = rows.reader("ada@bench.example", hour=7, time_zone="UTC")
    content = bytes(letters.make(factories.edition_of_two(ada), rows.NOON).message)
    User.objects.all().delete()
    return content


def sending(mails: int, port: int, counted: Any) -> dict[str, Any]:
    from datetime import UTC, datetime, timedelta

    from django.db import connection

    from briefings import planning
    from briefings.models import Delivery
    from briefings.sending import Postman

    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE users_user CASCADE")
    content = letter()
    with connection.cursor() as cursor:
        cursor.execute(READERS, [mails])
        cursor.execute(PROFILES, [now, now])
        cursor.execute("UPDATE users_profile SET hour = 0")
        cursor.execute("SELECT min(id) FROM users_user")
        first = cursor.fetchone()[0]
        cursor.execute(EDITIONS, [now.date(), now - timedelta(hours=1), first + mails])
        cursor.execute(LETTERS, [content])
    begun = time.perf_counter()
    planning.queue_deliveries(now)
    while Delivery.objects.count() < mails:
        planning.queue_deliveries(now)
    queueing = time.perf_counter() - begun
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    turns, memory, ours, theirs = max(4, mails // 2500), [], 0.0, 0.0
    with Postman(now) as postman:
        postman.batch()  # opens the line, and warms up
        warm = Delivery.objects.filter(state="sent").count()
        done = warm
        for _ in range(turns):
            sent, begun = 0, time.perf_counter()
            while sent < mails // turns and (some := postman.batch()):
                sent += some
            ours += time.perf_counter() - begun
            done += sent
            theirs += bare(port, max(1, sent // 4), content) * 4 * sent / max(1, sent // 4 * 4) if sent else 0
            memory.append(round(resident(), 1))
    states = dict.fromkeys(("sent", "unknown", "failed", "skipped"), 0)
    states |= {name: Delivery.objects.filter(state=name).count() for name in states}
    number = done - warm
    return {
        "mails": mails,
        "bytes_of_each": len(content),
        "states": states,
        "accepted": counted.value,
        "queueing_seconds": round(queueing, 2),
        "ours_a_second": round(number / ours, 1),
        "bare_a_second": round(number / theirs, 1),
        "ratio": round(theirs / ours, 3),
        "resident_mb": [memory[0], memory[-1], max(memory)],
    }


def planned(readers: int) -> dict[str, Any]:
    """What a sweep takes that finds nobody due; finding who is at an hour at which many are; queueing for them."""
    from datetime import UTC, datetime, timedelta

    from django.db import connection

    from briefings import due, planning
    from briefings.models import Delivery, Edition, State
    from users.models import Profile

    now = datetime.now(UTC).replace(minute=10, second=0, microsecond=0)
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE users_user CASCADE")
        cursor.execute(READERS, [readers])
        cursor.execute(PROFILES, [now, now])
        cursor.execute("ANALYZE users_profile")

    def took(act: Any) -> float:
        begun = time.perf_counter()
        act()
        return round(time.perf_counter() - begun, 4)

    nobody = took(lambda: planning.queue_editions(now))
    assert not Edition.objects.exists()
    later = now + timedelta(minutes=30)
    near = Profile.objects.filter(slot_at__lte=later + due.AHEAD).order_by("slot_at")
    finding = took(lambda: list(near.values_list("pk", "user_id", "time_zone", "hour", "days", "slot_at")))
    queueing = took(lambda: planning.queue_editions(later))
    queued = Edition.objects.count()
    Edition.objects.update(state=State.READY, prepared_at=later)
    hour = later + due.AHEAD
    mailing = took(lambda: planning.queue_deliveries(hour))
    assert Delivery.objects.count() == queued
    return {
        "readers": readers,
        "sweep_when_nobody_is_due_seconds": nobody,
        "finding_who_is_due_seconds": finding,
        "due": queued,
        "queueing_their_editions_seconds": queueing,
        "queueing_their_mails_seconds": mailing,
    }


def main() -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--mails", type=int, default=100_000, help="0 for the planning alone")
    parser.add_argument("--readers", type=int, default=1_000_000)
    options = parser.parse_args()
    from tests.processes import free_port, state_directory

    with state_directory() as var:
        port, counted = free_port(), multiprocessing.Value("i", 0)
        taker = multiprocessing.get_context("fork").Process(target=sink, args=(port, counted), daemon=True)
        taker.start()
        os.environ |= {
            "NUTGRAF_VAR": str(var),
            "EMAIL_URL": f"smtp://127.0.0.1:{port}?from=nutgraf@bench.example",
            "CELERY_BROKER_URL": "memory://",
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "LOG_LEVEL": "WARNING",
        }
        from config.embedded import ensure_database

        ensure_database(var)
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        found: dict[str, Any] = {"planning": planned(options.readers)}
        if options.mails:
            found["sending"] = sending(options.mails, port, counted)
        print(json.dumps(found, indent=1))
        taker.terminate()
        slow = options.mails and found["sending"]["ratio"] < 0.5
    raise SystemExit(bool(slow or found["planning"]["finding_who_is_due_seconds"] > 1))


if __name__ == "__main__":
    main()
