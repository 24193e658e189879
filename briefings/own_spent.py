"""What was spent for one reader and what they share with others, by the ledger. Writes nothing; nano-dollars."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count
from django.db.models.fields.json import KeyTextTransform
from django.utils.translation import gettext, gettext_noop

from briefings import read
from briefings.models import EditionItem, State
from inference import budgets, costs
from inference.budgets import Standing
from inference.costs import CostSummary
from inference.models import Purpose
from users.models import User

DAYS = 30
MOST = 100  # lines of a table
OTHER = gettext_noop("Other work")
WHAT = {
    Purpose.CONVERSE.value: gettext_noop("Your questions"),
    Purpose.LENS.value: gettext_noop("Another lens"),
    Purpose.EMBED.value: gettext_noop("Comparing your words"),
}


@dataclass(frozen=True, slots=True)
class Day:
    """A day where the reader is."""

    day: date
    nano: int
    calls: int


@dataclass(frozen=True, slots=True)
class Line:
    """What went into one thing for the reader alone; `brief` is empty where it is none that they can open.

    `conversation`: it was spent on their questions about it.
    """

    what: str
    brief: str
    headline: str
    conversation: bool
    nano: int
    calls: int


@dataclass(frozen=True, slots=True)
class Shared:
    """A brief of the reader's editions: what it cost everybody together, and one equal part for each who got it."""

    brief: str
    headline: str
    nano: int
    part: int


@dataclass(frozen=True, slots=True)
class OwnAccounts:
    """`days` without a gap up to today. `held` is for calls of unknown outcome. `dearest` are of the `shared` briefs
    those that cost most; `shared_nano` and `part` are of all of them. `fallen` are the briefs
    whose headline stands no longer.
    """

    days: Sequence[Day]
    spent: int
    calls: int
    held: int
    lines: Sequence[Line]
    dearest: Sequence[Shared]
    shared: int
    shared_nano: int
    part: int
    budgets: Sequence[Standing]
    fallen: Collection[str]


def own_accounts(user: User, now: datetime, zone: ZoneInfo) -> OwnAccounts:
    """The last 30 days where the reader is, today included."""
    first = now.astimezone(zone).date() - timedelta(days=DAYS - 1)
    since = datetime.combine(first, time(), zone)
    days = _days(user, first, since, zone)
    spent = costs.of_reader_by_brief(user.pk, since)
    headlines = _headlines(user)
    lines = [_line(one, headlines) for one in spent[:MOST]]
    shared = _shared(user, first, headlines)
    return OwnAccounts(
        days=days,
        spent=sum(one.nano for one in days),
        calls=sum(one.calls for one in days),
        held=sum(one.cost.held for one in spent),
        lines=lines,
        dearest=shared[:MOST],
        shared=len(shared),
        shared_nano=sum(one.nano for one in shared),
        part=sum(one.part for one in shared),
        budgets=_budgets(user, now),
        fallen=read.fallen_headlines({line.brief for line in lines} | {one.brief for one in shared[:MOST]}),
    )


def _days(user: User, first: date, since: datetime, zone: ZoneInfo) -> list[Day]:
    spent = costs.of_reader_by_day(user.pk, since, zone)
    found = []
    for number in range(DAYS):
        day = first + timedelta(days=number)
        cost = spent.get(day, CostSummary())
        found.append(Day(day, cost.nano, cost.calls))
    return found


def _headlines(user: User) -> dict[str, str]:
    """The headlines of all briefs that the reader's editions have, by id."""
    headline = KeyTextTransform("text", KeyTextTransform("headline", "brief__body"))
    items = EditionItem.objects.filter(
        edition__reader=user, edition__state=State.READY, brief__state=State.READY
    )
    return {brief: said or "" for brief, said in items.values_list("brief", headline)}


def _line(one: costs.Spent, headlines: dict[str, str]) -> Line:
    headline = headlines.get(one.brief, "")
    return Line(
        what=gettext(WHAT.get(one.purpose, OTHER)),
        brief=one.brief if headline else "",
        headline=headline,
        conversation=one.purpose == Purpose.CONVERSE,
        nano=one.cost.nano,
        calls=one.cost.calls,
    )


def _shared(user: User, first: date, headlines: dict[str, str]) -> list[Shared]:
    """Those of the briefs in the reader's editions since that date on which something was spent, the dearest first."""
    mine = EditionItem.objects.filter(
        edition__reader=user, edition__state=State.READY, edition__local_date__gte=first
    )
    cost = costs.shared_of_briefs(mine.values_list("brief", flat=True).distinct())
    readers = _readers(cost)
    found = [
        Shared(brief, headlines.get(brief, ""), one.nano, one.part(readers[brief]).nano)
        for brief, one in cost.items()
        if one.nano
    ]
    return sorted(found, key=lambda one: (-one.nano, one.brief))


def _readers(briefs: Collection[str]) -> dict[str, int]:
    """How many readers each of the briefs went to."""
    items = EditionItem.objects.filter(brief__in=list(briefs), edition__state=State.READY)
    rows = items.order_by().values_list("brief")
    return dict(rows.annotate(readers=Count("edition__reader", distinct=True)))


def _budgets(user: User, now: datetime) -> list[Standing]:
    """The reader's own budgets, whatever is spent from them."""
    found = budgets.standing_of(now, Purpose.CONVERSE, user.pk)
    return [one for one in found if one.scope == f"reader:{user.pk}"]
