"""Do the ledger's rows say what the provider's own log says? Pure: both sides in, every discrepancy out, by its id."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tests.chaos.provider import Seen

CLOCK = 0.05  # seconds by which two readings of one clock may differ, by Postgres and by Python


@dataclass(frozen=True)
class Row:
    """A call of the ledger; times in seconds since 1970, money in nano-dollars."""

    attempt: str
    state: str
    cost: int | None
    hold: int
    sent_at: float | None
    error: str = ""

    @property
    def abandoned(self) -> bool:
        return self.state == "unknown" and self.error.startswith("abandoned")


@dataclass
class Trouble:
    """When workers were killed (`processes` at each), and between when the database was away."""

    kills: list[tuple[float, int]] = field(default_factory=list)
    outages: list[tuple[float, float]] = field(default_factory=list)

    def killed_within(self, begin: float, end: float) -> bool:
        return any(begin <= at <= end for at, _ in self.kills)

    def away_within(self, begin: float, end: float) -> bool:
        return any(begin <= until and since <= end for since, until in self.outages)


@dataclass(frozen=True)
class Verdict:
    """`cut_off`: answered, but the worker was killed before it settled; `unsent`: marked as sent and never received."""

    discrepancies: list[str]
    cut_off: list[str]
    unsent: list[str]


def judge(
    seen: Sequence[Seen], billed: Mapping[str, int], rows: Sequence[Row], trouble: Trouble, longest: float
) -> Verdict:
    """`billed` by client id, nano-dollars; `longest` is how many seconds after its sending a call can be under way."""
    found = [f"request {name} was received {n} times" for name, n in _repeated(seen).items()]
    by_attempt: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_attempt[row.attempt].append(row)
    cut_off = []
    for request in seen:
        mine = by_attempt.get(request.client_id, [])
        if len(mine) != 1:
            found.append(f"request {request.client_id} ({request.kind}) has {len(mine)} rows")
            continue
        wrong = _wrong(request, billed.get(request.client_id, 0), mine[0])
        if wrong and _cut_off(request, mine[0], trouble, longest):
            cut_off.append(request.client_id)
        elif wrong:
            found.append(f"request {request.client_id} ({request.kind}) {wrong}")
    received = {request.client_id for request in seen}
    unsent = [row for row in rows if row.attempt not in received and row.sent_at is not None]
    for row in unsent:
        if not _never_left(row, trouble, longest):
            found.append(f"call {row.attempt} is {row.state} ({row.error}), and was never received")
    found += [
        f"call {row.attempt} was never sent and is {row.state}"
        for row in rows
        if row.sent_at is None and row.state != "released"
    ]
    died = sum(processes for _, processes in trouble.kills)
    if len(cut_off) > died + len(trouble.outages):
        found.append(f"{len(cut_off)} answers were lost with {died} killed processes")
    return Verdict(found, cut_off, [row.attempt for row in unsent])


def _wrong(request: Seen, billed: int, row: Row) -> str:
    if row.sent_at is None or row.sent_at > request.at + CLOCK:
        return f"left before its call was marked as sent ({row.sent_at}, received {request.at})"
    if row.state != request.fate:
        return f"is {row.state} ({row.error}) and not {request.fate}"
    if row.state == "settled" and row.cost != billed:
        return f"settled at {row.cost}, billed {billed}"
    if row.state == "released" and billed:
        return f"released, billed {billed}"
    if row.state == "unknown" and row.hold < billed:
        return f"holds {row.hold}, billed {billed}"
    return ""


def _cut_off(request: Seen, row: Row, trouble: Trouble, longest: float) -> bool:
    """Its worker died before it wrote the outcome down. What a living worker was told is never lost with the database:
    a bill waits on disk, and only that nothing was billed may be forgotten, which keeps the hold."""
    if not row.abandoned or row.sent_at is None:
        return False
    span = row.sent_at, row.sent_at + longest
    return trouble.killed_within(*span) or (request.fate == "released" and trouble.away_within(*span))


def _never_left(row: Row, trouble: Trouble, longest: float) -> bool:
    """Marked as sent, and then the worker died, or the database before it could say that it had marked it."""
    span = (row.sent_at or 0.0) - 1.0, (row.sent_at or 0.0) + longest
    return row.abandoned and (trouble.killed_within(*span) or trouble.away_within(*span))


def _repeated(seen: Sequence[Seen]) -> dict[str, int]:
    return {name: n for name, n in Counter(request.client_id for request in seen).items() if n > 1}
