"""Celery's door handles to the briefings: ids in, one call, safe to repeat; sweeps find what was lost."""

from __future__ import annotations

import logging
from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from briefings import changes, compose, correct, digest, front, retention
from briefings.converse import answer
from briefings.models import Brief, Delivery, Edition, Lens, PushDelivery, State, Turn
from briefings.push import send
from briefings.topics import link
from ingest import work
from ingest.nudge import nudge

PER_SWEEP = 500
TOPICS_PER_SWEEP = 100  # some seconds of a worker that has briefs to write
FORGETTING = 120  # seconds of an hour
NUDGE = 60  # seconds: a nudge not heeded by then is one of many, the next sweep sends another
# Of a brief or lenses a model is asked nothing more after five minutes (`briefings.write.asking.OPEN`). What was asked
# last may take a minute and a half, twice where the flex tier does not answer; then the sources' own sentences serve.
ENOUGH, TOO_LONG = 490, 520
log = logging.getLogger("briefings.tasks")


@shared_task(soft_time_limit=ENOUGH, time_limit=TOO_LONG)
def sweep_briefs() -> None:
    """Nudge the writing of whatever is due, and keep a brief on the front page, written here if need be."""
    for pk in work.due(Brief, PER_SWEEP, ~correct.READY):
        write_brief.apply_async((str(pk),), expires=NUDGE)
    lenses = work.claimable(Lens, ~Q(brief__state=State.QUEUED), Q(asked_by=None)).values_list(
        "brief", flat=True
    )
    for brief in dict.fromkeys(lenses[:PER_SWEEP]):
        write_lenses.apply_async((brief,), expires=NUDGE)
    for lens in work.due(Lens, PER_SWEEP, ~Q(brief__state=State.QUEUED), Q(asked_by__isnull=False)):
        write_lens.apply_async((int(str(lens)),), expires=NUDGE)
    front.keep_fresh(timezone.now())


@shared_task
def sweep_corrections() -> None:
    """Follow the edits of articles, and nudge the verifying of whatever rests on them."""
    while correct.follow() == correct.AT_ONCE:
        pass
    for pk in work.due(Brief, PER_SWEEP, correct.READY):
        verify_again.apply_async((str(pk),), expires=NUDGE)


@shared_task
def sweep_editions() -> None:
    """Queue the editions whose hour is near, and nudge whatever is due."""
    digest.queue_editions(timezone.now())
    for pk in work.due(Edition, PER_SWEEP):
        prepare_edition.apply_async((str(pk),), expires=NUDGE)


@shared_task
def sweep_deliveries() -> None:
    """Queue the deliveries whose hour has come, and nudge the sending of whatever is due."""
    digest.queue_deliveries(timezone.now())
    if work.due(Delivery, 1):
        deliver_due.apply_async(expires=NUDGE)
    if work.due(PushDelivery, 1):
        push_due.apply_async(expires=NUDGE)


@shared_task
def sweep_topics() -> None:
    """Read what the latest stories are about."""
    for pk in link.due(timezone.now()).values_list("pk", flat=True)[:TOPICS_PER_SWEEP]:
        link.link(pk)


@shared_task
def sweep_questions() -> None:
    """Nudge the answering of whatever is due."""
    for pk in work.due(Turn, PER_SWEEP):
        answer_question.apply_async((int(str(pk)),), expires=NUDGE)


def answer_soon(turn_id: int) -> None:
    """Nudge the answer to a question whose reader waits. Without a broker the next sweep finds it."""
    nudge("briefings.tasks.answer_question", turn_id, queue="answer")


# A model is asked up to twice, a minute and a half each, and waited for where it is busy, some seconds; or, where it
# does not take long, once for words and twice for vectors. Less than the question's lease.
@shared_task(soft_time_limit=230, time_limit=260)
def answer_question(turn_id: int) -> None:
    answer.answer(turn_id)


@shared_task(soft_time_limit=ENOUGH, time_limit=TOO_LONG)
def write_brief(brief_id: str) -> None:
    compose.write_brief(brief_id, patient=True)


@shared_task(soft_time_limit=ENOUGH, time_limit=TOO_LONG)
def verify_again(brief_id: str) -> None:
    correct.verify_again(brief_id, timezone.now())


@shared_task(soft_time_limit=ENOUGH, time_limit=TOO_LONG)
def write_lenses(brief_id: str) -> None:
    compose.write_lenses(brief_id, patient=True)


def write_lens_soon(lens_id: int) -> None:
    """Nudge a lens whose reader waits. Without a broker the next sweep finds it."""
    nudge("briefings.tasks.write_lens", lens_id, queue="answer")


@shared_task(soft_time_limit=ENOUGH, time_limit=TOO_LONG)
def write_lens(lens_id: int) -> None:
    compose.write_lens(lens_id)


# A dozen briefs by a slow model take longer than any other task may; still less than the edition's lease.
@shared_task(soft_time_limit=540, time_limit=570)
def prepare_edition(edition_id: str) -> None:
    digest.prepare(edition_id, timezone.now())


@shared_task
def deliver_due() -> None:
    digest.deliver_due(timezone.now())


@shared_task
def push_due() -> None:
    send.push_due(timezone.now())


@shared_task
def deliver(delivery_id: int) -> None:
    digest.deliver(delivery_id, timezone.now())


@shared_task
def forget_tombstones() -> None:
    """Devices that could still have what went have lost their tokens by then."""
    changes.forget(timezone.now())


@shared_task
def forget_old() -> None:
    """Forget what is older than the operator wants to keep, if anything."""
    if days := settings.NUTGRAF_RETENTION_DAYS:
        gone = retention.forget_before(timezone.now() - timedelta(days=days), FORGETTING)
        if gone.articles:
            log.info("forgot %s articles and %s stories", gone.articles, gone.stories)
