"""Sends pushes that are due: each once, or visibly unknown, by the same rows and notes as mails."""

from __future__ import annotations

import logging
import time
from collections import Counter, deque
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from briefings import sent
from briefings.due import LATE
from briefings.models import Edition, State
from briefings.planning import TOO_LATE, UNWANTED, could_go
from briefings.push import keys, notice, service
from briefings.push.models import PushDelivery
from briefings.push.service import Outcome, Verdict, Where
from ingest import work
from users import devices

LEASE = timedelta(minutes=5)
BATCH = 200
FEW = 16  # handed over side by side: services take a tenth of a second or more for each
ROUND = 200.0  # seconds that one task goes on
PATIENCE = 120.0  # seconds after which what is left of a batch is put back: well within its lease
AWAY = 3  # times in a row that a service does not answer: the rest of its batch waits
WAIT = timedelta(minutes=1)
TRIES = 30
log = logging.getLogger("briefings.push")


def push_due(now: datetime) -> int:
    """Send whatever is due, for some minutes at most; how many were claimed."""
    begun, claimed = time.monotonic(), 0
    while keys.public_key() and time.monotonic() - begun < ROUND and (some := batch(now)):
        claimed += some
    return claimed


def batch(now: datetime) -> int:
    """Send up to BATCH of what is due; how many were claimed."""
    rows = claim(work.due(PushDelivery, BATCH))
    waiting = deque(row for row in rows if not _brought_to_an_end(row, now))
    until, away, messages = time.monotonic() + PATIENCE, Counter[str](), dict[str, bytes]()
    going: dict[Future[Outcome], PushDelivery] = {}
    with ThreadPoolExecutor(FEW, "push") as pool:
        while going or (waiting and time.monotonic() < until):
            while waiting and len(going) < FEW and time.monotonic() < until:
                row = waiting.popleft()
                if not _waits(row, away) and (handed := _handed(pool, row, now, messages)):
                    going[handed] = row
            for each in wait(going, return_when=FIRST_COMPLETED).done:
                row = going.pop(each)
                _settle(row, _outcome(row, each), away)
    for row in waiting:
        _put_back(row, timedelta())
    sent.keep({row.edition.local_date for row in rows})
    return len(rows)


def claim(which: Sequence[object]) -> list[PushDelivery]:
    """Those of the pushes that are free, for this worker. Each still says where an earlier claim was noted."""
    with transaction.atomic():
        rows = work.claim_many(PushDelivery, work.among(which), LEASE, limit=TRIES)
        if rows:
            sent.tell()
            PushDelivery.objects.filter(pk__in=[row.pk for row in rows]).update(held_by=sent.place())
    whole = PushDelivery.objects.select_related("edition__reader__profile", "subscription").in_bulk(
        [row.pk for row in rows]
    )
    found = [(row, whole[row.pk]) for row in rows if row.pk in whole]  # its device may have gone meanwhile
    for row, stored in found:
        row.edition, row.subscription = stored.edition, stored.subscription
    return [row for row, _ in found]


def _brought_to_an_end(row: PushDelivery, now: datetime) -> bool:
    """What a dead worker had begun is not sent again."""
    left = sent.left_by_the_dead(row)
    if left is None:
        return False
    state, words = left
    work.finish(row, state=state, error=words, held_by="", sent_at=now if not words else None)
    return True


def _waits(row: PushDelivery, away: Counter[str]) -> bool:
    if away[row.subscription.service] < AWAY:
        return False
    _put_back(row, WAIT)
    return True


def _begun(row: PushDelivery, now: datetime) -> bool:
    """Mark it as being sent, unless its reader has left, paused or turned it off since; what keeps it is in its row."""
    with transaction.atomic():
        mine = PushDelivery.objects.select_for_update(of=("self",)).filter(pk=row.pk, attempt=row.attempt)
        stored = mine.select_related("edition__reader__profile", "subscription__session").first()
        if stored is None:
            return False
        if stored.edition.state != State.READY:  # asked for again in the moment in which it was planned
            _put_back(row, WAIT)
            return False
        if reason := _reason_not_to(stored, now):
            work.finish(row, state=PushDelivery.State.SKIPPED, error=reason, held_by="")
            return False
        mine.update(state=PushDelivery.State.SENDING)
    return True


def _reason_not_to(row: PushDelivery, now: datetime) -> str:
    reader = row.edition.reader
    if not reader.is_active or not reader.profile.wants_edition(row.edition.local_date):
        return UNWANTED
    if row.subscription.session and not devices.lives(row.subscription.session):
        return "its browser is signed out"
    if row.subscription.held:
        return f"nothing is pushed there: {row.subscription.held}"
    if now - could_go(row.edition) > LATE:
        return TOO_LATE
    if row.edition.sample and _had_the_sample(row):
        return "the bundled sample was pushed before; real news has not come in yet"
    return ""


def _had_the_sample(row: PushDelivery) -> bool:
    earlier = PushDelivery.objects.filter(subscription=row.subscription, edition__sample=True)
    went = (PushDelivery.State.SENT, PushDelivery.State.UNKNOWN)
    return earlier.exclude(pk=row.pk).filter(state__in=went).exists()


def _message(row: PushDelivery, made: dict[str, bytes]) -> bytes:
    """The same for all devices of the reader; empty where it cannot be made, which its row says."""
    if row.edition_id not in made:
        try:
            made[row.edition_id] = notice.of_edition(
                Edition.objects.select_related("reader").get(pk=row.edition_id)
            )
        except Exception as error:  # whatever it is, those behind it must not wait for it
            log.exception("push %s cannot be made", row.pk)
            _again(row, f"it cannot be made: {work.mishap(error)}")
            return b""
    return made[row.edition_id]


def _noted(row: PushDelivery) -> bool:
    try:
        sent.note(row)
    except OSError as error:
        _again(row, f"that it goes cannot be noted: {error}")
        return False
    return True


def _where(row: PushDelivery) -> Where:
    found = row.subscription
    return Where(found.endpoint, found.p256dh, found.auth)


def _handed(
    pool: ThreadPoolExecutor, row: PushDelivery, now: datetime, messages: dict[str, bytes]
) -> Future[Outcome] | None:
    """On its way; None where it is not to go, or not now, as its row says."""
    if not _begun(row, now) or not (message := _message(row, messages)) or not _noted(row):
        return None
    return pool.submit(service.push, _where(row), message, lasts=_lasts(row, now), topic=notice.TOPIC)


def _outcome(row: PushDelivery, handed: Future[Outcome]) -> Outcome:
    """Whatever goes wrong with one, those beside it are to be settled."""
    try:
        return handed.result()
    except Exception as error:
        log.exception("push %s broke", row.pk)
        return Outcome(Verdict.LOST, f"outcome unknown: {work.mishap(error)}")


def _lasts(row: PushDelivery, now: datetime) -> timedelta:
    """What is later than half a day is as little use on a device as in a mailbox."""
    return LATE - (now - could_go(row.edition))


def _settle(row: PushDelivery, outcome: Outcome, away: Counter[str]) -> None:
    words, host = outcome.words, row.subscription.service
    # One that takes what it is given and says nothing is away as well.
    away[host] = away[host] + 1 if outcome.verdict in (Verdict.AWAY, Verdict.LOST) else 0
    mine = row.subscription.as_read()
    if outcome.verdict not in (Verdict.TAKEN, Verdict.LOST):
        sent.take_back(row)
    match outcome.verdict:
        case Verdict.TAKEN:
            sent.went(row)
            work.finish(row, state=PushDelivery.State.SENT, sent_at=timezone.now(), held_by="")
            mine.update(pushed_at=timezone.now())
        case Verdict.LOST:
            log.error("push %s: %s", row.pk, words)
            work.finish(row, state=PushDelivery.State.UNKNOWN, error=words, held_by="")
        case Verdict.GONE:
            if not mine.delete()[0]:
                _put_back(row, WAIT, words)  # turned on anew meanwhile
        case Verdict.REFUSED:
            if mine.update(held=words[:300]):
                work.finish(row, state=PushDelivery.State.FAILED, error=words, held_by="")
            else:
                _put_back(row, WAIT, words)
        case _ if outcome.wait:
            _put_back(row, outcome.wait, words)
        case _:
            _again(row, words)


def _again(row: PushDelivery, words: str) -> None:
    """Queued again while there are tries left."""
    state = PushDelivery.State.FAILED if row.attempt >= TRIES else PushDelivery.State.QUEUED
    work.fail(row, words, TRIES, state=state, held_by="")


def _put_back(row: PushDelivery, wait: timedelta, error: str = "") -> None:
    work.not_begun(row, wait, state=PushDelivery.State.QUEUED, held_by="", error=error or row.error)
