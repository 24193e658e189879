"""The Celery app: queues by kind of work and the whole timetable, in UTC.

A message carries ids and is only a nudge; each sweep finds whatever a lost message left behind.
"""

from __future__ import annotations

import os
from typing import Any

from celery import Celery, signals
from kombu.transport import TRANSPORT_ALIASES

from config.connections import KEPT
from config.embedded import refuse_no_database

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

QUEUES = ("fetch", "write", "deliver", "answer")


def _sweep(task: str, queue: str, seconds: float) -> dict[str, Any]:
    # A sweep that waited until the next one is due has nothing left to say.
    return {"task": task, "schedule": seconds, "options": {"queue": queue, "expires": seconds}}


TIMETABLE = {
    "look at sources that are due": _sweep("ingest.tasks.sweep_sources", "fetch", 20.0),
    "read and place articles that are due": _sweep("ingest.tasks.sweep_articles", "fetch", 10.0),
    "try pages again that could not be read": _sweep("ingest.tasks.sweep_pages", "fetch", 60.0),
    "write briefs that are due": _sweep("briefings.tasks.sweep_briefs", "write", 10.0),
    "verify briefs again whose articles have changed": _sweep(
        "briefings.tasks.sweep_corrections", "write", 20.0
    ),
    "embed articles that are due": _sweep("ingest.tasks.embed_articles", "write", 20.0),
    "prepare editions before each reader's hour": _sweep("briefings.tasks.sweep_editions", "write", 10.0),
    "read what stories are about": _sweep("briefings.tasks.sweep_topics", "write", 20.0),
    "answer questions that are due": _sweep("briefings.tasks.sweep_questions", "answer", 5.0),
    "send what is due": _sweep("briefings.tasks.sweep_deliveries", "deliver", 10.0),
    "see whether something is wrong": _sweep("config.watch.tasks.look", "deliver", 60.0),
    "close calls that nobody finished": _sweep("inference.tasks.sweep_calls", "write", 60.0),
    "compare the ledger with the provider": _sweep("inference.tasks.compare_with_provider", "write", 21600.0),
    "forget what mail providers reported long ago": _sweep(
        "users.tasks.forget_mail_reports", "write", 86400.0
    ),
    "forget devices that were not heard of": _sweep("users.tasks.forget_devices", "write", 3600.0),
    "forget what long went, of which devices were told": _sweep(
        "briefings.tasks.forget_tombstones", "write", 3600.0
    ),
    "forget accounts nobody confirmed": _sweep("users.tasks.forget_unconfirmed", "write", 3600.0),
    "forget old news that no brief rests on": _sweep("briefings.tasks.forget_old", "write", 3600.0),
    "forget sessions that ran out": _sweep("users.tasks.forget_ended", "write", 3600.0),
}

TRANSPORT_ALIASES |= {
    "pgmq": "config.queue:Transport",
    "redis": "config.queue_redis:Transport",
    "rediss": "config.queue_redis:Transport",
}


class _App(Celery):
    @property
    def Beat(self) -> Any:
        """What `celery beat` starts."""
        from config.beat import Beat

        return self.subclass_with_self(Beat)


app = _App("nutgraf")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(
    task_default_queue="fetch",
    task_default_delivery_mode="transient",  # nudges: a broker need not keep them through its own restart
    task_routes={
        "ingest.tasks.*": {"queue": "fetch"},
        "inference.tasks.*": {"queue": "write"},
        "users.tasks.*": {"queue": "write"},
        "config.watch.tasks.*": {"queue": "deliver"},
        "briefings.tasks.deliver*": {"queue": "deliver"},
        "briefings.tasks.sweep_deliveries": {"queue": "deliver"},
        "briefings.tasks.push_*": {"queue": "deliver"},
        "briefings.tasks.answer_question": {"queue": "answer"},
        "briefings.tasks.sweep_questions": {"queue": "answer"},
        "briefings.tasks.write_lens": {"queue": "answer"},
        "briefings.tasks.*": {"queue": "write"},
    },
    beat_schedule=TIMETABLE,
    beat_scheduler="config.beat:AtOnce",
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_time_limit=300,
    task_soft_time_limit=270,
    worker_prefetch_multiplier=1,
    worker_pool="config.pool:TaskPool",
    # The pgmq transport has no broadcast: health is told by the rows that progress.
    worker_enable_remote_control=False,
    worker_send_task_events=False,
    worker_hijack_root_logger=False,
    broker_connection_retry_on_startup=True,
    broker_connection_timeout=4,
)
app.autodiscover_tasks()


@signals.celeryd_init.connect
@signals.beat_init.connect
def _refuse_no_database(**_: Any) -> None:
    refuse_no_database()


@signals.celeryd_init.connect
def _keep_connections(**_: Any) -> None:
    """Each process its own, from task to task: connecting would cost more than most tasks do."""
    from django.db import connections

    connections.settings["default"]["CONN_MAX_AGE"] = KEPT


@signals.celeryd_init.connect
@signals.beat_init.connect
def _refuse_half_restored(**_: Any) -> None:
    from config.database import refuse_half_restored

    refuse_half_restored()


@signals.celeryd_init.connect
def _load_what_asks_models(**_: Any) -> None:
    """Before the worker forks, so that its processes share it."""
    from inference import gateway, wire

    if gateway.available():
        wire.load()
