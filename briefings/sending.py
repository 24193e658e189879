"""Sends deliveries: each once, or visibly unknown. Many over one connection, so that sending is only sending."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import islice

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from briefings import letters, mail_door, sent
from briefings.due import LATE
from briefings.mail_door import Closed, Line, Lost, Refused, Verdict
from briefings.models import Delivery, Edition, Letter, State
from briefings.planning import TOO_LATE, UNWANTED, could_go
from ingest import own, work
from users import suppressed
from users.models import Suppression

LEASE = timedelta(minutes=5)
BATCH = 200
FEW = 20  # marked in one round trip: as many may be unknown after their machine goes down
PATIENCE = 120.0  # seconds after which what is left of a batch is put back: well within its lease, with one slow mail
MADE_ANEW = timedelta(seconds=30)  # until an edition that is prepared again is looked at again
TRIES = 30  # with waits of up to half an hour: as long as a mail may be late
# Those that went are marked, and the next few as being sent whose readers still want them, in one round trip.
ROUND = """
    WITH gone AS (
        UPDATE briefings_delivery
        SET state = 'sent', sent_at = now(), due_at = NULL, lease_until = NULL, attempt = 0, error = '', held_by = ''
        FROM unnest(%s::bigint[], %s::int[]) AS went (id, attempt)
        WHERE briefings_delivery.id = went.id AND briefings_delivery.attempt = went.attempt
    )
    UPDATE briefings_delivery SET state = 'sending'
    FROM unnest(%s::bigint[], %s::int[]) AS next (id, attempt), briefings_edition edition,
         users_user reader, users_profile profile
    WHERE briefings_delivery.id = next.id AND briefings_delivery.attempt = next.attempt
      AND briefings_delivery.state IN ('queued', 'sending')
      AND edition.id = briefings_delivery.edition_id AND edition.state = 'ready'
      AND reader.id = edition.reader_id AND reader.is_active
      AND profile.user_id = reader.id AND profile.digest
      AND NOT EXISTS (SELECT FROM users_suppression WHERE email = reader.email AND lifted_at IS NULL)
    RETURNING briefings_delivery.id
"""
log = logging.getLogger("briefings.sending")


class Postman:
    """Sends over one connection until the `with` block ends."""

    def __init__(self, now: datetime) -> None:
        self.now, self.line, self.until = now, Line(), 0.0
        self.gone: list[Delivery] = []  # sent, as their notes say, and not marked so yet

    def __enter__(self) -> Postman:
        return self

    def __exit__(self, *_: object) -> None:
        self.line.close()

    def batch(self) -> int:
        """Send up to BATCH of what is due; how many were claimed. 0 too while the server is left alone."""
        if mail_door.is_paused() or not (keys := work.due(Delivery, BATCH)):
            return 0  # each run ends so: it would write in vain
        if rows := claim(keys):
            self.carry(rows)
        return len(rows)

    def carry(self, rows: Sequence[Delivery]) -> None:
        """Bring claimed deliveries to an end, or put them back."""
        self.until = time.monotonic() + PATIENCE
        with _commits_of_no_hurry():
            waiting = deque(self._to_send(rows))
            while waiting and time.monotonic() < self.until and self._few(waiting):
                pass
            _put_back(waiting)
            self._round([])
        sent.keep({row.edition.local_date for row in rows})
        _clear_away(rows)

    def _to_send(self, rows: Sequence[Delivery]) -> list[Delivery]:
        held = suppressed.among(row.edition.reader.email for row in rows)
        going = []
        for row in rows:
            state, words = _judged(row, self.now, row.edition.reader.email in held)
            if state is Delivery.State.SENT:
                work.finish(row, state=state, sent_at=self.now, held_by="")
            elif state is not Delivery.State.QUEUED:
                work.finish(row, state=state, error=words, held_by="")
            else:
                going.append(row)
        return going

    def _few(self, waiting: deque[Delivery]) -> bool:
        """Send the next few, which are taken out as each is dealt with. False: nothing more is to be sent for now."""
        few = list(islice(waiting, FEW))
        try:
            self.line.open()
        except Closed as error:
            return self._closed(waiting.popleft(), error)
        made = letters.current([row.edition_id for row in few])
        ready = [(row, made.get(row.edition_id) or self._made(row)) for row in few]
        begun = self._round([row for row, letter in ready if letter])
        for row, letter in ready:
            waiting.popleft()
            if letter is None:
                continue  # its row says why
            if row.pk not in begun:
                _not_begun(row)
            elif not self._one(row, letter):
                return False
        return True

    def _made(self, row: Delivery) -> Letter | None:
        try:
            return letters.make(row.edition, self.now)
        except Exception as error:  # whatever it is, the mails behind it must not wait for it
            log.exception("delivery %s: its mail cannot be made", row.pk)
            _again(row, f"its mail cannot be made: {work.mishap(error)}")
            return None

    def _round(self, rows: Sequence[Delivery]) -> set[int]:
        """Mark what went, and these as being sent; those of them whose readers have not left or unsubscribed since."""
        gone, self.gone = self.gone, []
        if not (gone or rows):
            return set()
        with connection.cursor() as cursor:
            cursor.execute(ROUND, [_keys(gone), _tries(gone), _keys(rows), _tries(rows)])
            return {key for (key,) in cursor.fetchall()}

    def _one(self, row: Delivery, letter: Letter) -> bool:
        if (
            time.monotonic() > self.until
        ):  # a slow server: before the lease lapses and another worker has it too
            _put_back([row])
            return False
        if not mail_door.wait_for_turn():
            _put_back([row], timedelta(seconds=mail_door.LONGEST_TURN))
            return False
        try:
            self.line.open()
        except Closed as error:
            return self._closed(row, error)
        return not _noted(row) or self._hand_over(row, letter)

    def _hand_over(self, row: Delivery, letter: Letter) -> bool:
        reader = row.edition.reader
        try:
            self.line.send(
                reader.email, letters.addressed(bytes(letter.message), reader.email, row.message_id)
            )
        except Closed as error:
            sent.take_back(row)
            return self._closed(row, error)
        except Refused as refused:
            sent.take_back(row)
            return _refused(row, refused)
        except Lost as error:
            work.finish(row, state=Delivery.State.UNKNOWN, error=str(error), held_by="")
            log.error("delivery %s: %s", row.pk, error)
        else:
            sent.went(row)
            self.gone.append(row)
            if self.line.sent == 1:
                mail_door.worked()
        if letter.told:
            own.told(row.edition.reader_id, letter.told, self.now)
        return True

    def _closed(self, row: Delivery, error: Closed) -> bool:
        """The server is away, for all: this was nobody's attempt, and everything waits together."""
        log.warning("mail: %s", error)
        _put_back([row], mail_door.failed(str(error)), str(error))
        return False


def _keys(rows: Sequence[Delivery]) -> list[int]:
    return [row.pk for row in rows]


def _tries(rows: Sequence[Delivery]) -> list[int]:
    return [row.attempt for row in rows]


def claim(keys: Sequence[object]) -> list[Delivery]:
    """Those of the deliveries that are free, for this worker. Each still says where an earlier claim was noted."""
    with transaction.atomic():
        rows = work.claim_many(Delivery, work.among(keys), LEASE, limit=TRIES)
        if rows:
            sent.tell()
            Delivery.objects.filter(pk__in=[row.pk for row in rows]).update(held_by=sent.place())
    whole = Delivery.objects.select_related("edition__reader__profile").in_bulk([row.pk for row in rows])
    found = []
    for row in rows:
        if row.pk in whole:  # its reader may have left meanwhile
            row.edition = whole[row.pk].edition
            found.append(row)
    return found


@contextmanager
def _commits_of_no_hurry() -> Iterator[None]:
    """Marks that a crash of the database may take back: the notes tell what they told.

    Waiting for the disk twice for each mail would take most of the time. Behind a pooler we wait: a session there is
    the next one's too.
    """
    if settings.NUTGRAF_POOLER:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit TO OFF")
        try:
            yield
        finally:
            cursor.execute("RESET synchronous_commit")


def _judged(row: Delivery, now: datetime, held: bool) -> tuple[Delivery.State, str]:
    """What becomes of a claimed delivery, and why: `queued` where it is to be sent."""
    if left := sent.left_by_the_dead(row):
        return left
    reason = _reason_not_to(row, now, held)
    return (Delivery.State.SKIPPED if reason else Delivery.State.QUEUED), reason


def _reason_not_to(row: Delivery, now: datetime, held: bool) -> str:
    reader = row.edition.reader
    if not reader.is_active or not reader.profile.wants_mail(row.edition.local_date):
        return UNWANTED
    if held:
        return "mail to this address comes back, or was called unwanted"
    if now - could_go(row.edition) > LATE:
        return TOO_LATE
    if row.edition.sample and _had_the_sample(row):
        return "the bundled sample was mailed before; real news has not come in yet"
    return ""


def _had_the_sample(row: Delivery) -> bool:
    earlier = Delivery.objects.filter(edition__reader=row.edition.reader, edition__sample=True)
    return earlier.exclude(pk=row.pk).filter(state__in=(Delivery.State.SENT, Delivery.State.UNKNOWN)).exists()


def _not_begun(row: Delivery) -> None:
    if not Edition.objects.filter(pk=row.edition_id, state=State.READY).exists():
        _put_back([row], MADE_ANEW)  # asked for again in the moment in which its mail was planned
        return
    work.finish(row, state=Delivery.State.SKIPPED, error=UNWANTED, held_by="")


def _noted(row: Delivery) -> bool:
    try:
        sent.note(row)
    except OSError as error:
        _again(row, f"that it goes cannot be noted: {error}")
        return False
    return True


def _refused(row: Delivery, refused: Refused) -> bool:
    words = str(refused)
    match refused.verdict:
        case Verdict.PAUSE:
            _again(row, f"refused for now: {words}")
            mail_door.failed(words)
            return False
        case Verdict.AGAIN:
            _again(row, f"refused for now: {words}")
        case Verdict.OURS:
            _again(row, f"our sender address was refused: {words}")
        case Verdict.MAILBOX:
            suppressed.hold(row.edition.reader.email, Suppression.Kind.BOUNCED, words, timezone.now())
            work.finish(row, state=Delivery.State.FAILED, error=f"refused: {words}", held_by="")
        case Verdict.REFUSED:
            work.finish(row, state=Delivery.State.FAILED, error=f"refused: {words}", held_by="")
    return True


def _again(row: Delivery, words: str) -> None:
    """Queued again while there are tries left."""
    state = Delivery.State.FAILED if row.attempt >= TRIES else Delivery.State.QUEUED
    work.fail(row, words, TRIES, state=state, held_by="")


def _put_back(rows: Iterable[Delivery], wait: timedelta = timedelta(), error: str = "") -> None:
    for row in rows:
        work.not_begun(row, wait, state=Delivery.State.QUEUED, held_by="", error=error or row.error)


def _clear_away(rows: Sequence[Delivery]) -> None:
    """Letters that went, or never will; and with this commit all marks are on the disk."""
    over = Q(edition__deliveries__pk__in=[row.pk for row in rows]) & ~Q(
        edition__deliveries__state__in=(Delivery.State.QUEUED, Delivery.State.SENDING)
    )
    Letter.objects.filter(over).delete()
