"""Celery's door handles to the briefings: ids in, one call, safe to repeat; sweeps find what was lost."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from briefings import compose, digest, edition, front
from briefings.models import Brief, Delivery, Edition, Lens
from ingest import work

PER_SWEEP = 500


@shared_task
def sweep_briefs() -> None:
    """Keep a brief on the front page, and nudge the writing of whatever is due."""
    front.keep_fresh(timezone.now())
    for pk in work.due(Brief, PER_SWEEP):
        write_brief.delay(str(pk))
    for pk in work.due(Lens, PER_SWEEP):
        write_lens.delay(int(str(pk)))


@shared_task
def sweep_editions() -> None:
    """Queue the editions whose hour is near, and nudge whatever is due."""
    digest.queue_editions(timezone.now())
    for pk in work.due(Edition, PER_SWEEP):
        prepare_edition.delay(str(pk))


@shared_task
def sweep_deliveries() -> None:
    """Queue the deliveries whose hour has come, and nudge whatever is due."""
    digest.queue_deliveries(timezone.now())
    for pk in work.due(Delivery, PER_SWEEP):
        deliver.delay(int(str(pk)))


@shared_task
def write_brief(brief_id: str) -> None:
    compose.write_brief(brief_id)


@shared_task
def write_lens(lens_id: int) -> None:
    compose.write_lens(lens_id)


# A dozen briefs by a slow model take longer than any other task may; still less than the edition's lease.
@shared_task(soft_time_limit=540, time_limit=570)
def prepare_edition(edition_id: str) -> None:
    edition.prepare(edition_id, timezone.now())


@shared_task
def deliver(delivery_id: int) -> None:
    digest.deliver(delivery_id, timezone.now())
