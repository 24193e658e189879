"""From a story to its stored brief and lenses: get or make the row, claim it, write, verify, keep."""

from __future__ import annotations

import hashlib
import logging
from datetime import datetime, timedelta

from celery.exceptions import SoftTimeLimitExceeded
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from briefings.models import Brief, Lens, State
from briefings.schemas import BriefBody, Material
from briefings.verify import Unusable, verify
from briefings.write import brief as writers
from ingest import revisions, stories, work

LEASE = timedelta(minutes=8)  # above the worst of a brief by model: four requests of a minute and a half each
MOST_ATTEMPTS = 3  # what took its worker down so often is left alone
REMEMBERED = 2000  # briefs that this process has verified again
_verified: dict[tuple[str, datetime | None], bool] = {}
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


def brief_for(material: Material) -> Brief:
    """The row of the brief of exactly these articles, queued when it is new. Safe to call from many places at once."""
    parts = sorted([article.article, article.revision] for article in material.articles)
    fingerprint = hashlib.sha256(repr(parts).encode()).hexdigest()
    while True:
        if found := Brief.objects.filter(story_id=material.story, fingerprint=fingerprint).first():
            return found
        latest = Brief.objects.filter(story_id=material.story).aggregate(latest=Max("version"))["latest"] or 0
        try:
            with transaction.atomic():
                return Brief.objects.create(
                    story_id=material.story,
                    version=latest + 1,
                    fingerprint=fingerprint,
                    articles=parts,
                    due_at=timezone.now(),
                )
        except IntegrityError:  # somebody else made this brief or took this version number: look again
            continue


def write_brief(brief_id: str, material: Material | None = None) -> Brief | None:
    """Write a queued brief and store it verified. None when it is done, somebody else is at it, or it failed."""
    row = work.claim(Brief, brief_id, LEASE)
    if row is not None and row.state == State.READY:  # to be verified again, which `briefings.correct` does
        work.put_back(row)
        return None
    if row is None or _given_up(row):
        return None
    try:
        material = material or stored_material(row)
        return keep(row, writers.write(material, work_key=f"brief:{row.pk}", brief=row.pk), material)
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


def ready_brief(story_id: str, as_of: datetime | None = None) -> Brief | None:
    """The brief of the story as of then, written now if need be; None when it cannot be. Raises BeingWritten."""
    try:
        material = material_of(story_id, as_of)
    except NothingToWrite:
        return None
    row = brief_for(material)
    if row.state == State.READY and not _still_verified(row, material) and not _queued_again(row):
        return None
    if row.state == State.QUEUED:
        write_brief(row.pk, material)
        row.refresh_from_db()
    if _is_being_written(row):
        raise BeingWritten(str(row))
    return row if row.state == State.READY else None


def _still_verified(row: Brief, material: Material) -> bool:
    """Whether the stored text passes the verifier as it is today: what is reused is verified again, once a process."""
    key = (row.pk, row.written_at)
    if key not in _verified:
        if len(_verified) >= REMEMBERED:
            _verified.clear()
        try:
            _verified[key] = not verify(BriefBody.model_validate(row.body), material).failures
        except Unusable:
            _verified[key] = False
    return _verified[key]


def _queued_again(row: Brief) -> bool:
    """Have a brief written anew that nobody has got; one that somebody has stays as it was, and nobody else gets it."""
    log.error("brief %s does not pass the verifier any more", row)
    unknown = Brief.objects.filter(pk=row.pk, state=State.READY, items=None, replaces=None)
    queued = unknown.update(state=State.QUEUED, due_at=timezone.now(), attempt=0, error="")
    row.refresh_from_db()
    return queued == 1


def ready_lens(brief: Brief, role: str, industry: str) -> Lens | None:
    """The brief's lens for this reader, written now if need be; None when it cannot be. Raises BeingWritten."""
    row, _ = Lens.objects.get_or_create(
        brief=brief, role=role, industry=industry, defaults={"due_at": timezone.now()}
    )
    if row.state == State.QUEUED:
        write_lens(row.pk)
        row.refresh_from_db()
    if _is_being_written(row):
        raise BeingWritten(str(row))
    return row if row.state == State.READY else None


def _is_being_written(row: Brief | Lens) -> bool:
    """One that failed before has its next attempt to come: nobody waits for that."""
    return row.state == State.QUEUED and not row.error


def write_lens(lens_id: int) -> None:
    """Write a queued lens and store it verified; nothing when somebody else is at it."""
    row = work.claim(Lens, lens_id, LEASE)
    if row is None or _given_up(row):
        return
    try:
        _write_lens(row)
    except (NothingToWrite, writers.CannotWrite) as error:
        work.finish(row, state=State.FAILED, error=str(error)[:2000])
    except SoftTimeLimitExceeded:
        _failed(row, "the time ran out")
        raise  # it is the whole task's time
    except Exception as error:  # one lens's fault must not keep the others from their readers
        log.exception("no lens %s", row)
        _failed(row, f"{type(error).__name__}: {error}")


def _write_lens(row: Lens) -> None:
    material = stored_material(row.brief)
    written = writers.write_lens(
        BriefBody.model_validate(row.brief.body),
        material,
        row.role,
        row.industry,
        work_key=f"lens:{row.pk}",
        brief=row.brief_id,
    )
    work.finish(
        row,
        state=State.READY,
        writer=written.writer,
        body=written.lens.model_dump(mode="json"),
        verified_at=timezone.now(),
    )
