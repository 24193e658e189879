"""From a story to its stored brief and lenses: get or make the row, claim it, write, verify, keep.

An edition wishes for a brief's row and its lens's before anything is written, so that what is wished for by then is
asked for together: few lenses with their brief, more of them as halves in one request.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded
from django.db import IntegrityError, transaction
from django.db.models import Exists, Max, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from briefings import lenses
from briefings.corrected import standing_body, struck_now
from briefings.models import Brief, EditionItem, Lens, State
from briefings.schemas import BriefBody, LensBody, Material
from briefings.verify import Unusable, verify
from briefings.write import brief as writers
from briefings.write.asking import Later
from ingest import revisions, stories, work
from ingest.models import Story

LEASE = lenses.LEASE
GATHER = timedelta(
    seconds=45
)  # what nobody waits for is put off so long, until others have wished for the same
MOST_ATTEMPTS = 3  # what took its worker down so often is left alone
TRIES = 20  # to get a row that others make at the same time
PAUSES = 2  # that a busy model is given by work that nobody waits for, before it is done without patience
REMEMBERED = 2000  # briefs and lenses that this process has verified again
_verified: dict[tuple[str, datetime | None], bool] = {}  # of brief or lens, as written then
log = logging.getLogger("briefings.compose")


class NothingToWrite(Exception):
    """The story has no readable article as of the time asked about."""


class BeingWritten(Exception):
    """Another worker is at it: ask again in some seconds."""


def material_of(story_id: str, as_of: datetime | None = None) -> Material:
    """The story's independent articles as of then (UTC), best source first. Raises NothingToWrite."""
    material = stories.material(story_id, as_of)
    if material is None or not material.articles:
        raise NothingToWrite(story_id)
    return material


def brief_for(material: Material, patient: bool = False) -> Brief:
    """The row of the brief of exactly these articles, queued when it is new. Safe to call from many places at once.

    `patient`: nobody waits for it. Raises NothingToWrite where the story is gone.
    """
    parts, fingerprint = _identity(material)
    left = TRIES
    while True:
        if found := known_brief(material):
            return found if patient else work.hasten(found)
        left -= 1
        latest = Brief.objects.filter(story_id=material.story).aggregate(latest=Max("version"))["latest"] or 0
        try:
            with transaction.atomic():
                return Brief.objects.create(
                    story_id=material.story,
                    version=latest + 1,
                    fingerprint=fingerprint,
                    articles=parts,
                    due_at=Now() + _put_off(patient),
                )
        except IntegrityError:  # somebody else made this brief or took this version number: look again
            if not Story.objects.filter(pk=material.story).exists():
                raise NothingToWrite(material.story) from None
            if not left:
                raise


def known_brief(material: Material) -> Brief | None:
    """The row of the brief of exactly these articles, if there is one."""
    _, fingerprint = _identity(material)
    return Brief.objects.filter(story_id=material.story, fingerprint=fingerprint).first()


def _identity(material: Material) -> tuple[list[list[int]], str]:
    parts = sorted([article.article, article.revision] for article in material.articles)
    return parts, hashlib.sha256(repr(parts).encode()).hexdigest()


def _put_off(patient: bool) -> timedelta:
    return GATHER if patient else timedelta()


def write_brief(brief_id: str, material: Material | None = None, patient: bool = False) -> Brief | None:
    """Write a queued brief and store it verified. None when done, put off or failed, or somebody else is at it."""
    row = work.claim(Brief, brief_id, LEASE)
    if row is not None and row.state == State.READY:  # to be verified again, which `briefings.correct` does
        work.put_back(row)
        return None
    if row is None or _given_up(row):
        return None
    try:
        material = material or stored_material(row)
        return _write(row, material, patient and row.attempt <= PAUSES)
    except Later as pause:
        work.put_off(row, timedelta(seconds=pause.wait))
    except NothingToWrite:
        work.finish(row, state=State.FAILED, error="its articles are gone")
    except writers.CannotWrite as error:
        work.finish(row, state=State.FAILED, error=str(error)[:2000])
        log.warning("no brief of story %s: %s", row.story_id, error)
    except SoftTimeLimitExceeded:
        _failed(row, "the time ran out")
        raise  # it is the whole task's time
    except Exception as error:  # one story's fault must not keep the others from their readers
        log.exception("no brief of story %s", row.story_id)
        _failed(row, f"{type(error).__name__}: {error}")
    return None


def _write(row: Brief, material: Material, patient: bool) -> Brief:
    """With the lenses that are wished for so far, while they are few: that spares asking about the brief again."""
    companions = lenses.take_few(row.pk)
    key = f"brief:{row.pk}"
    try:
        readers = [(lens.role, lens.industry) for lens in companions]
        written = writers.write(material, key, row.pk, readers, patient)
        brief = keep(row, written, material)
        for lens, found in zip(companions, written.lenses, strict=True):
            if found:
                lenses.keep(lens, found, material, key)
        return brief
    finally:
        lenses.put_back(companions)  # those not written with it are written by themselves


def keep(row: Brief, written: writers.Written, material: Material) -> Brief:
    """Store what was written for the claimed row, checked once more, whoever wrote it.

    It is to be verified again at once where an article has been edited since. Raises IntegrityError for a brief with
    failures: the database refuses to have it ready.
    """
    now = timezone.now()
    checked = verify(written.body, material)
    claimed = written.body.verification
    counts = checked.body.verification.model_copy(
        update={"dropped": claimed.dropped, "repaired": claimed.repaired}
    )
    parts = dict(row.articles)
    with transaction.atomic():
        edited = revisions.now(list(parts), held=True).items() - parts.items()
        work.finish(
            row,
            due_in=timedelta(0) if edited else None,
            state=State.READY,
            writer=written.writer,
            body=written.body.model_copy(update={"verification": counts}).model_dump(mode="json"),
            unsupported=len(checked.failures),
            verified_at=now,
            written_at=now,
        )
    return Brief.objects.get(pk=row.pk)


def _failed(row: Brief | Lens, words: str) -> None:
    """Later again, some times; until then it counts as one that cannot be written."""
    spent = row.attempt >= MOST_ATTEMPTS
    work.fail(row, words, MOST_ATTEMPTS, state=State.FAILED if spent else State.QUEUED)


def _given_up(row: Brief | Lens) -> bool:
    if row.attempt <= MOST_ATTEMPTS:
        return False
    log.error("%s: given up, its writing never came to an end", row)
    return work.finish(
        row, state=State.FAILED, error=f"given up: {MOST_ATTEMPTS} attempts never came to an end"
    )


def stored_material(brief: Brief) -> Material:
    """The articles this brief's version consists of, as they were. Raises NothingToWrite when one is gone."""
    material = stories.recorded(brief.story_id, dict(brief.articles))
    if material is None:
        raise NothingToWrite(brief.story_id)
    return material


def ready_brief(
    story_id: str,
    as_of: datetime | None = None,
    reader: tuple[str, str] | None = None,
    patient: bool = False,
) -> Brief | None:
    """The brief of the story as of then, written now if need be; None when it cannot be. Raises BeingWritten.

    The lens of `reader` (slugs of a role and an industry) is wished for before a new brief is written. `patient`: what
    is new is put off, and at last asked for at the cheaper tier.
    """
    try:
        material = material_of(story_id, as_of)
        row = brief_for(material, patient)
    except NothingToWrite:
        return None
    if row.state == State.READY and not _still_verified(row, material) and not _queued_again(row):
        return None
    if row.state == State.QUEUED:
        if reader:
            lenses.wish(row, *reader, _put_off(patient))
        write_brief(row.pk, material, patient)
        row.refresh_from_db()
    if _is_being_written(row):
        raise BeingWritten(str(row))
    return row if row.state == State.READY else None


def _still_verified(row: Brief, material: Material) -> bool:
    """Whether the stored text passes the verifier as it is today: what is reused is verified again, once a process."""
    return _once(
        (row.pk, row.written_at), lambda: not verify(BriefBody.model_validate(row.body), material).failures
    )


def _lens_still_verified(row: Lens, brief: Brief) -> bool:
    def holds() -> bool:
        body, lens = BriefBody.model_validate(brief.body), LensBody.model_validate(row.body)
        return writers.lens_holds(lens, body, stored_material(brief), row.role, row.industry)

    return _once((f"lens:{row.pk}", row.verified_at), holds)


def _once(key: tuple[str, datetime | None], holds: Callable[[], bool]) -> bool:
    if key not in _verified:
        if len(_verified) >= REMEMBERED:
            _verified.clear()
        try:
            _verified[key] = holds()
        except (Unusable, NothingToWrite):
            _verified[key] = False
    return _verified[key]


def _queued_again(row: Brief) -> bool:
    """Have a brief written anew that nobody has got; one that somebody has stays as it was, and nobody else gets it.

    What was said of the old text goes with it. One that a worker is verifying stays with that worker.
    """
    log.error("brief %s does not pass the verifier any more", row)
    with transaction.atomic():
        queued = _to_be_written(
            Brief.objects.filter(pk=row.pk, state=State.READY, items=None, replaces=None, lease_until=None)
        )
        if queued:
            row.lenses.all().delete()
            row.halves.all().delete()
            row.corrections.all().delete()
    row.refresh_from_db()
    return queued


def _lens_queued_again(row: Lens) -> bool:
    """The same for a lens."""
    log.error("lens %s does not pass the verifier any more", row)
    shown = EditionItem.objects.filter(lens=row.pk)
    queued = _to_be_written(
        Lens.objects.filter(~Exists(shown), pk=row.pk, state=State.READY, lease_until=None)
    )
    row.refresh_from_db()
    return queued


def _to_be_written(rows: QuerySet[Any]) -> bool:
    return rows.update(state=State.QUEUED, due_at=Now(), attempt=0, error="") == 1


def ready_lens(brief: Brief, role: str, industry: str, patient: bool = False) -> Lens | None:
    """The brief's lens for this reader, written now if need be; None when it cannot be. Raises BeingWritten."""
    row = lenses.wish(brief, role, industry, _put_off(patient))
    if row.state == State.READY and not _lens_still_verified(row, brief) and not _lens_queued_again(row):
        return None
    if row.state == State.QUEUED:
        write_lenses(brief.pk, row, patient)
        row.refresh_from_db()
    if _is_being_written(row):
        raise BeingWritten(str(row))
    return row if row.state == State.READY else None


def look(brief: Brief, role: str, industry: str, reader: int) -> Lens | None:
    """The lens through which a reader wants to look, to be written at their expense where there is none; not written
    here. None for one that is no longer good enough for anybody who has not got it."""
    row = lenses.look(brief, role, industry, reader)
    if row.state == State.READY and not _lens_still_verified(row, brief):
        if not _lens_queued_again(row):
            return None
        # Whoever wants it now pays for it now; what editions have is everybody's still.
        Lens.objects.filter(pk=row.pk, asked_by__isnull=False).update(asked_by=reader)
    return row


def write_lens(lens_id: int) -> None:
    """Write a lens that a reader waits for."""
    if row := Lens.objects.filter(pk=lens_id).first():
        write_lenses(row.brief_id, row)


def _is_being_written(row: Brief | Lens) -> bool:
    """One that failed before has its next attempt to come: nobody waits for that."""
    return row.state == State.QUEUED and not row.error


def write_lenses(brief_id: str, first: Lens | None = None, patient: bool = False) -> None:
    """Write lenses of a brief that are due, together, and store them verified; `first`, if given, or none."""
    if Brief.objects.filter(pk=brief_id, state=State.QUEUED).exists():
        return  # first things first
    rows = lenses.take(brief_id, first, lenses.MOST if patient else lenses.BESIDE)
    if able := [row for row in rows if not _given_up(row)]:
        _write_lenses(able, patient and all(row.attempt <= PAUSES for row in able))


def _write_lenses(rows: Sequence[Lens], patient: bool) -> None:
    try:
        _store_lenses(rows, patient)
    except NothingToWrite as error:
        for row in rows:
            work.finish(row, state=State.FAILED, error=str(error)[:2000])
    except SoftTimeLimitExceeded:
        for row in rows:
            _failed(row, "the time ran out")
        raise  # it is the whole task's time
    except Exception as error:  # one lens's fault must not keep the others from their readers
        log.exception("no lens %s", rows[0])
        if len(rows) == 1:
            _failed(rows[0], f"{type(error).__name__}: {error}")
        for row in rows if len(rows) > 1 else ():
            _write_lenses([row], patient)


def _standing(brief: Brief) -> BriefBody:
    """What of a ready brief no correction has struck. Raises NothingToWrite where that is nothing."""
    gone = struck_now(brief.corrections.all())
    body = standing_body(BriefBody.model_validate(brief.body), gone)
    if body is None:
        raise NothingToWrite("nothing of its brief stands")
    return body


def _store_lenses(rows: Sequence[Lens], patient: bool) -> None:
    brief, reader = rows[0].brief, rows[0].asked_by_id  # one that a reader pays for is alone
    key = f"lenses:{brief.pk}" if reader is None else f"lens:{rows[0].pk}"
    if brief.state != State.READY:
        raise NothingToWrite("its brief cannot be written")
    body, material = _standing(brief), stored_material(brief)
    readers = [(row.role, row.industry) for row in rows]
    known = lenses.halves_of(brief, material)
    found = writers.write_lenses(body, material, readers, key, brief.pk, patient, known, reader)
    lenses.keep_halves(brief, found.halves, material)
    if found.wait is not None:
        for row in rows:
            work.put_off(row, timedelta(seconds=found.wait))
        return
    for row, written in zip(rows, found.lenses, strict=True):
        if written is None:
            work.finish(
                row, state=State.FAILED, error="not even the sources' own sentences pass the verifier"
            )
        else:
            lenses.keep(row, written, material, key if written.asked else "")
