"""What Prometheus reads: measured by the rows when it asks, so that it holds for all processes and across restarts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db import DatabaseError
from django.http import HttpResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from config.watch import broker, seen
from config.watch.seen import Seen
from inference.disk import rooms

DOLLAR = 1e9  # nano-dollars


def exposition() -> HttpResponse:
    """All measures; while the database is away, those that need none."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Rows())
    return HttpResponse(generate_latest(registry), CONTENT_TYPE_LATEST)


class _Rows:
    def collect(self) -> Iterable[Metric]:
        try:
            found = seen.lately()
        except DatabaseError:
            found = None
        yield _one("nutgraf_database_up", "Whether the database answered in time", float(found is not None))
        if found:
            yield from _work(found)
            yield from _outcomes(found)
            yield from _money(found)
            yield _one("nutgraf_scrape_seconds", "Seconds the database took for all of this", found.took)
        yield from _machine()


def _work(found: Seen) -> Iterable[Metric]:
    kinds = {one.kind.name: one for one in found.waiting}
    yield _many(
        "nutgraf_work_due",
        "Due rows nobody works on, up to 10000",
        "kind",
        {k: w.due for k, w in kinds.items()},
    )
    yield _many(
        "nutgraf_work_under_way",
        "Due rows being worked on",
        "kind",
        {k: w.under_way for k, w in kinds.items()},
    )
    yield _many(
        "nutgraf_work_resting",
        "Rows given up, with their error",
        "kind",
        {k: w.resting for k, w in kinds.items()},
    )
    yield _many(
        "nutgraf_work_oldest_seconds",
        "How long the longest due row has waited",
        "kind",
        {k: w.oldest for k, w in kinds.items()},
    )
    yield _many(
        "nutgraf_work_limit_seconds",
        "How long it may",
        "kind",
        {k: w.kind.limit.total_seconds() for k, w in kinds.items()},
    )
    yield _one(
        "nutgraf_digests_late", "Digests past their readers' hour, up to some hundreds", found.digests.count
    )
    yield _one("nutgraf_digest_longest_delay_seconds", "The longest of these delays", found.digests.longest)
    alerts = {alert.kind: 1 for alert in found.alerts}
    yield _many("nutgraf_alert", "Alerts that are on", "kind", alerts)


def _outcomes(found: Seen) -> Iterable[Metric]:
    hour = found.hour
    yield _many(
        "nutgraf_fetches_last_hour",
        "Sources looked at within the hour",
        "outcome",
        {"ok": 0, "failed": 0, **hour.looks},
    )
    yield _many(
        "nutgraf_briefs_last_hour",
        "Briefs written within the hour",
        "writer",
        {"model": 0, "extractive": 0, **hour.briefs},
    )
    deliveries = {"failed": 0, "unknown": 0, **hour.troubled}
    yield _many("nutgraf_deliveries_last_hour", "Mails sent within the hour", "state", hour.deliveries)
    yield _many("nutgraf_deliveries_troubled", "Mails of the last two days that failed", "state", deliveries)
    reports = CounterMetricFamily(
        "nutgraf_mail_reports",
        "Mail providers' reports by what became of them",
        labels=["provider", "outcome"],
    )
    for key, count in hour.reports.items():
        reports.add_metric(key.split("/"), count)
    yield reports


def _money(found: Seen) -> Iterable[Metric]:
    hour = found.hour
    spent = CounterMetricFamily("nutgraf_spent_dollars", "Dollars settled since ever")
    spent.add_metric([], hour.spent / DOLLAR)
    yield spent
    yield _many("nutgraf_calls_last_hour", "Calls to models within the hour", "state", hour.calls)
    yield _many(
        "nutgraf_unknown_calls", "Calls of unknown outcome", "age", {"new": 0, "old": 0, **hour.unknown}
    )
    yield _one("nutgraf_unknown_calls_held_dollars", "Dollars that these hold", hour.unknown_held / DOLLAR)
    yield _one("nutgraf_unknown_calls_oldest_seconds", "Age of the oldest", hour.unknown_oldest)
    for part in ("limit", "settled", "held", "left"):
        family = GaugeMetricFamily(
            f"nutgraf_budget_{part}_dollars", f"Budgets in force: {part}", labels=["scope", "span"]
        )
        for one in found.budgets:
            span = "day" if len(one.period) == 10 else "month"
            family.add_metric([one.scope, span], getattr(one, part) / DOLLAR)
        yield family


def _machine() -> Iterable[Metric]:
    depths = broker.lately()
    yield _one("nutgraf_broker_up", "Whether the broker answered in time", float(depths is not None))
    yield _many("nutgraf_queue_messages", "Messages waiting", "queue", depths or {})
    disks = list(rooms())
    yield _many(
        "nutgraf_disk_free_bytes",
        "Bytes free on our disks",
        "folder",
        {str(one.folder): one.free for one in disks},
    )
    yield _many(
        "nutgraf_disk_needed_bytes",
        "Below this nothing new is taken in",
        "folder",
        {str(one.folder): one.needed for one in disks},
    )


def _one(name: str, words: str, value: float) -> Metric:
    return GaugeMetricFamily(name, words, value=value)


def _many(name: str, words: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(name, words, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family
