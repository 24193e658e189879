"""The ledger beside the provider's reports: closes unknown calls by what these prove, and names what does not agree.

Deciding is pure (`judge`); `run` reads both sides and stores a `Statement` for each day and model. A second run over
the same reports posts nothing new.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial

from django.db.models.functions import Now, TruncDate

from inference import ledger, prices, reports
from inference.errors import UnknownModel
from inference.evidence import storable
from inference.models import Call, Statement
from inference.money import usd
from inference.reports import Usage

DAYS = 7  # reports are read again for so many closed days: late lines still come in
SETTLING = timedelta(hours=6)  # after midnight, until a day's report is taken to be whole
TOLERANCE = 200  # 1/200: half a percent
ROUNDING = 5  # nano-dollars a call, by which our rounding may exceed theirs

PAID = (Call.State.SETTLED, Call.State.TRUED_UP)


@dataclass(frozen=True, slots=True)
class Booked:
    """What the ledger says of a day and model. `unknown` holds by call; nano-dollars."""

    cost: int = 0
    settled: int = 0
    trued_up: int = 0
    unknown: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Reported:
    """What the provider says of the same; `note` says why its lines have no price of ours."""

    cost: int = 0
    requests: int = 0
    lines: tuple[object, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """`costs` closes unknown calls; a `note` means that the two do not agree."""

    costs: Mapping[int, int]
    note: str = ""


def judge(ours: Booked, theirs: Reported) -> Verdict:
    """What the report proves. Unknown calls are closed only when the whole excess can be theirs.

    Requests: at least our settled calls, at most these with all of uncertain outcome. Dollars: the excess over what
    was settled lies between nothing and the sum of the holds, within the tolerance. One that is not on the report
    was not billed, but which of several nobody can say: the excess is spread over them by their holds, exactly.
    """
    calls = ours.settled + ours.trued_up + len(ours.unknown)
    held = sum(hold for _, hold in ours.unknown)
    slack = max(ours.cost, theirs.cost) // TOLERANCE + ROUNDING * calls
    excess = theirs.cost - ours.cost
    if theirs.note:
        return Verdict({}, theirs.note)
    if theirs.requests < ours.settled:
        return Verdict({}, f"{theirs.requests} requests reported, {ours.settled} answered")
    if theirs.requests > calls:
        return Verdict(
            {}, f"{theirs.requests} requests reported, {calls} sent: somebody else uses the account"
        )
    if not -slack <= excess <= held + slack:
        return Verdict({}, f"${usd(theirs.cost)} reported, ${usd(ours.cost)} settled, ${usd(held)} unknown")
    return Verdict(spread(min(max(excess, 0), held), ours.unknown))


def spread(amount: int, holds: Sequence[tuple[int, int]]) -> dict[int, int]:
    """The amount over the calls in proportion to their holds, to the nano-dollar."""
    left, weight = amount, sum(hold for _, hold in holds)
    shares = {}
    for call, hold in holds:
        shares[call] = left * hold // weight if weight else 0
        left, weight = left - shares[call], weight - hold
    return shares


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run did: the days it looked at, how many calls it closed, and what does not agree."""

    first: date
    last: date
    trued_up: int
    statements: tuple[Statement, ...]

    @property
    def open(self) -> list[Statement]:
        return [statement for statement in self.statements if not statement.agreed]


def free_of_charge() -> int:
    """Close unknown calls that can have cost nothing, as those of a local model at price 0; how many."""
    calls = Call.objects.filter(state=Call.State.UNKNOWN, hold=0).values_list("pk", flat=True)
    return sum(ledger.true_up(pk, 0, "its model costs nothing") for pk in calls)


def run(now: datetime, days: int = DAYS) -> Outcome:
    """Compare the last closed days with the provider's reports. Raises `inference.errors`; then nothing has changed."""
    last = (now.astimezone(UTC) - SETTLING).date() - timedelta(days=1)
    first = last - timedelta(days=days - 1)
    used, bills = reports.usage(first, last), reports.billed(first, last)
    provider = prices.host(prices.base_url())
    booked, names = _booked(provider, first, last)
    told: dict[tuple[date, str], list[Usage]] = defaultdict(list)
    for line in used:
        told[line.day, _asked_for(line.model, names)].append(line)
    closed, statements = 0, []
    for day, model in sorted({*booked, *told}):
        ours, theirs = booked.get((day, model), Booked()), _reported(model, told.get((day, model), []))
        verdict = judge(ours, theirs)
        evidence = f"usage report of {day} for {model}: {theirs.requests} requests, ${usd(theirs.cost)}"
        closed += sum(ledger.true_up(call, cost, evidence) for call, cost in verdict.costs.items())
        cost = ours.cost + sum(verdict.costs.values())
        statements.append(_state(provider, day, model, cost, theirs, verdict.note))
    billed = {day for day, _ in booked} | {bill.day for bill in bills or () if bill.nano}
    statements += [_bill(provider, bill) for bill in bills or () if bill.day in billed]
    return Outcome(first, last, closed, tuple(statements))


def _booked(provider: str, first: date, last: date) -> tuple[dict[tuple[date, str], Booked], dict[str, str]]:
    """The ledger's side by day of sending and model asked for; and which model stands behind each reported name."""
    calls = Call.objects.filter(provider=provider, state__in=[*PAID, Call.State.UNKNOWN])
    calls = calls.annotate(day=TruncDate("sent_at", tzinfo=UTC)).filter(day__gte=first, day__lte=last)
    by_key: dict[tuple[date, str], list[Call]] = defaultdict(list)
    for call in calls.order_by("pk"):
        by_key[call.day, call.model].append(call)
    names = {call.model_reported or call.model: call.model for each in by_key.values() for call in each}
    return {key: _sum(each) for key, each in by_key.items()}, names


def _sum(calls: Sequence[Call]) -> Booked:
    return Booked(
        cost=sum(call.cost or 0 for call in calls),
        settled=sum(call.state == Call.State.SETTLED for call in calls),
        trued_up=sum(call.state == Call.State.TRUED_UP for call in calls),
        unknown=tuple((call.pk, call.hold) for call in calls if call.state == Call.State.UNKNOWN),
    )


def _asked_for(reported: str, names: Mapping[str, str]) -> str:
    if reported in names:
        return names[reported]
    return next((model for model in names.values() if prices.snapshot(model, reported)), reported)


def _reported(model: str, lines: Sequence[Usage]) -> Reported:
    """The lines at the prices that the ledger had on their day."""
    cost, note = 0, ""
    for line in lines:
        try:
            of_day = partial(prices.on, line.day)
            tariff, _ = prices.billed(of_day(model), line.model, line.tier, of_day)
        except UnknownModel:
            tariff = None
        if tariff is None:
            note = f"no price is known for {line.model} in tier {line.tier}"
        else:
            cost += tariff.cost(line.tokens)
    requests = sum(line.requests for line in lines)
    return Reported(cost, requests, tuple(line.line for line in lines), note)


def _bill(provider: str, bill: reports.Billed) -> Statement:
    """The day's cost report against everything the ledger has settled for that day, unknown calls on top."""
    calls = Call.objects.filter(provider=provider, state__in=[*PAID, Call.State.UNKNOWN])
    booked = _sum(list(calls.annotate(day=TruncDate("sent_at", tzinfo=UTC)).filter(day=bill.day)))
    verdict = judge(booked, Reported(bill.nano, booked.settled, bill.lines))
    return _state(provider, bill.day, "", booked.cost, Reported(bill.nano, 0, bill.lines), verdict.note)


def _state(provider: str, day: date, model: str, ours: int, theirs: Reported, note: str) -> Statement:
    said = {
        "ours": ours,
        "theirs": theirs.cost,
        "agreed": not note,
        "note": note[:300],
        "evidence": storable([dict(line) if isinstance(line, Mapping) else line for line in theirs.lines]),
        "read_at": Now(),
    }
    statement, _ = Statement.objects.update_or_create(
        provider=provider, day=day, model=storable(model)[:200], defaults=said
    )
    return statement
