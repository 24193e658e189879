"""Tells how sources are doing, in words people understand, and which of them need somebody's attention."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Min, Q
from django.utils.translation import gettext, ngettext

from ingest.models import Article, Source, Stage

WEEKS = 4  # over which items a week are counted
PATIENCE = timedelta(days=1)  # so long a source may fail before anybody is told
LONGEST_SILENCE = timedelta(days=21)  # never told of before, however often a source used to publish
SILENCE = 5  # usual gaps between items, after which a source has gone quiet
ENOUGH = 20  # items from which a source can be judged by what they are about


@dataclass(frozen=True)
class Health:
    """How one source is doing: `state` in a word, and in `attention` why somebody should look, or nothing."""

    source: Source
    state: str
    articles: int
    items_a_week: float
    attention: str


@dataclass(frozen=True)
class Output:
    """What came out of a source: `recent` items of the last weeks, `on_topic` of these, and all of them over time."""

    recent: int = 0
    on_topic: int = 0
    total: int = 0
    oldest: datetime | None = None
    newest: datetime | None = None


def of(sources: Iterable[Source], now: datetime) -> list[Health]:
    """The sources' health as of `now`, in their order; two queries, or none but the caller's where there are none."""
    rows = list(sources)
    if not rows:
        return []
    outputs = _outputs([source.pk for source in rows], now)
    return [_health(source, outputs.get(source.pk, Output()), now) for source in rows]


def _outputs(ids: Iterable[int], now: datetime) -> dict[int, Output]:
    recent = Q(happened_at__gt=now - timedelta(weeks=WEEKS))
    counted = (
        Article.objects.filter(source__in=ids)
        .order_by()
        .values("source")
        .annotate(
            recent=Count("pk", filter=recent),
            on_topic=Count("pk", filter=recent & ~Q(stage=Stage.OFF_TOPIC)),
            total=Count("pk"),
            oldest=Min("happened_at"),
            newest=Max("happened_at"),
        )
    )
    columns = ("recent", "on_topic", "total", "oldest", "newest")
    return {pk: Output(*values) for pk, *values in counted.values_list("source", *columns)}


WELL = "well"  # which pages do not say


def _health(source: Source, output: Output, now: datetime) -> Health:
    weekly = round(output.recent / WEEKS, 1)
    return Health(source, state(source), output.total, weekly, attention(source, output, now))


def state(source: Source) -> str:
    """A source's state in a word or two: off, failing (how often), new, or well."""
    if not source.enabled:
        return gettext("off")
    if source.failures:
        return gettext("failing ({times})").format(times=source.failures)
    return WELL if source.last_success_at else gettext("new")


def attention(source: Source, output: Output, now: datetime) -> str:
    """Why an operator should look at the source, in plain words; empty when there is no need. Pure.

    Switched off by hand is nobody's business; given up by us is.
    """
    lost = unread(source, now)
    if lost or not source.enabled:
        return lost
    if source.sample:
        return ""  # bundled: it publishes nothing more, and that is well
    if silent := _silent_for(output, now):
        return gettext("has gone quiet: nothing new for {n} days, though it answers").format(n=silent.days)
    if output.recent >= ENOUGH and not output.on_topic:
        return gettext("none of its {n} items of the last {weeks} weeks was about AI").format(
            n=output.recent, weeks=WEEKS
        )
    return ""


def unread(source: Source, now: datetime) -> str:
    """Why the source is not read any more, or has not been for longer than may pass; empty while it is. Pure."""
    if not source.enabled:
        return gettext("given up: {error}").format(error=source.error) if source.error else ""
    if source.due_at is None and source.error:
        return gettext("rests after {n} attempts: {error}").format(n=source.attempt, error=source.error)
    since = source.last_success_at or source.created_at
    if source.failures and now - since > PATIENCE:
        read = gettext("not read since {day}") if source.last_success_at else gettext("never read yet")
        read = read.format(day=f"{since:%Y-%m-%d}")
        times = ngettext("{n} failure", "{n} failures in a row", source.failures).format(n=source.failures)
        return f"{read}, {times}: {source.error}"
    return ""


def _silent_for(output: Output, now: datetime) -> timedelta | None:
    """How long a source has been silent, when that is much longer than it usually is."""
    if output.oldest is None or output.newest is None or output.total < 4:
        return None
    usual = (output.newest - output.oldest) / (output.total - 1)
    silent = now - output.newest
    return silent if silent > max(LONGEST_SILENCE, SILENCE * usual) else None
