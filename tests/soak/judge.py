"""Did it keep its word? Pure: what was seen goes in, each promise with its value and limit comes out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from scipy.stats import theilslopes

from tests.soak.load import Measured

SOON, LATEST = 30.0, 60.0  # minutes after the hour: for nearly all digests, for every one
SOON_SHARE = 0.99
PAGES_P95_MS = 400.0
ERRORS = 0.005  # share of requests that may fail
# Minutes by which 99 of 100 healthy sources are looked at later than their schedule says, at most. Measured: less than
# half of what a run takes, or a source that nobody looks at could not be told. Simulated: for hours.
MEASURED_STALENESS, STALENESS = 30.0, 90.0
GROWTH = 0.05  # of the memory, in the last third
LEAST_SAMPLES = 6  # in the last third, or nothing can be said
GIVEN = 0.98  # of what was planned must have been asked, or nothing was measured


@dataclass(frozen=True)
class Criterion:
    """A promise. `limit` says in words and figures what `value` must be."""

    criterion: str
    value: float | None
    limit: str
    kept: bool
    note: str = ""

    def told(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if value != ""}


@dataclass(frozen=True)
class Arrival:
    """A digest's mail as the mail server took it; `minutes` after its reader's hour."""

    to: str
    minutes: float


def digests(due: Collection[str], arrived: Sequence[Arrival]) -> list[Criterion]:
    """`due`: the addresses of those whose hour it was."""
    first: dict[str, float] = {}
    for one in sorted(arrived, key=lambda one: one.minutes):
        first.setdefault(one.to, one.minutes)
    came = [first[address] for address in due if address in first]
    soon = sum(minutes <= SOON for minutes in came) / len(due) if due else None
    latest = sum(minutes <= LATEST for minutes in came) / len(due) if due else None
    early = sum(minutes < 0 for minutes in came)
    again = {address: n for address, n in Counter(one.to for one in arrived).items() if n > 1}
    strangers = {one.to for one in arrived} - set(due)
    return [
        Criterion(
            "digests within 30 minutes of the hour",
            _rounded(soon),
            f"at least {SOON_SHARE:g}",
            soon is not None and soon >= SOON_SHARE,
        ),
        Criterion("digests within 60 minutes", _rounded(latest), "1", latest == 1.0),
        Criterion("digests before the hour", early, "0", early == 0),
        Criterion("mails twice", len(again), "0", not again, _some(again)),
        Criterion("mails to who was due none", len(strangers), "0", not strangers, _some(strangers)),
    ]


def load(pages: Measured, api: Measured) -> list[Criterion]:
    """`pages` and `api` as they were asked for and answered."""
    p95 = round(pages.percentile(0.95) * 1000, 1) if pages.seconds else None
    found = [
        Criterion("p95 of pages, ms", p95, f"under {PAGES_P95_MS:g}", p95 is not None and p95 < PAGES_P95_MS)
    ]
    for name, measured in (("pages", pages), ("API requests", api)):
        share = measured.errors.total() / measured.asked if measured.asked else None
        kept = share is not None and share < ERRORS and measured.asked >= GIVEN * measured.planned
        found.append(
            Criterion(
                f"{name} that failed", _rounded(share), f"under {ERRORS:g}", kept, _some(measured.errors)
            )
        )
    return found


def staleness(measured: Sequence[float], simulated: float) -> list[Criterion]:
    """`measured`: 99th percentiles over all healthy sources, taken again and again; `simulated`: for hours; minutes."""
    worst = max(measured, default=None)
    return [
        Criterion(
            "staleness of sources, p99 in minutes, at its worst",
            _rounded(worst),
            f"under {MEASURED_STALENESS:g}",
            worst is not None and worst < MEASURED_STALENESS,
        ),
        Criterion(
            "staleness of sources by the simulated schedule, p99 in minutes",
            _rounded(simulated),
            f"under {STALENESS:g}",
            simulated < STALENESS,
        ),
    ]


def until(end: float, samples: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Those of the samples that were taken under load: what rests afterwards would pass for growth that ended."""
    return [one for one in samples if one[0] <= end]


def memory(samples: Sequence[tuple[float, float]]) -> Criterion:
    """By the median slope of the last third (seconds, megabytes), which a worker that is replaced does not bend."""
    name, limit = "memory's growth in the last third", f"at most {GROWTH:g}"
    if not samples:
        return Criterion(name, None, limit, False, "nothing was measured")
    begin, end = samples[0][0], samples[-1][0]
    last = [one for one in samples if one[0] >= end - (end - begin) / 3]
    if len(last) < LEAST_SAMPLES:
        return Criterion(name, None, limit, False, f"{len(last)} samples are too few")
    times, held = [at for at, _ in last], [megabytes for _, megabytes in last]
    slope = float(theilslopes(held, times)[0])
    middle = sorted(held)[len(held) // 2]
    growth = slope * (times[-1] - times[0]) / middle
    return Criterion(name, _rounded(growth), limit, growth <= GROWTH, f"around {middle:.0f} MB")


def ledger(broken: Sequence[str], discrepancies: Sequence[str]) -> list[Criterion]:
    """What `ledger verify` found broken, and what the provider's log says otherwise."""
    return [
        Criterion("broken invariants of the ledger", len(broken), "0", not broken, _some(broken)),
        Criterion(
            "discrepancies with the provider's log",
            len(discrepancies),
            "0",
            not discrepancies,
            _some(discrepancies),
        ),
    ]


def trouble(kills: int, restarts: int) -> Criterion:
    """That it was tried at all: without a kill and a restart the rest proves little."""
    return Criterion(
        "workers killed and brokers restarted",
        min(kills, restarts),
        "at least 1 of each",
        kills > 0 < restarts,
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _some(found: Collection[str] | Mapping[str, int]) -> str:
    """The first of them in words."""
    each = [f"{name}: {n}" for name, n in found.items()] if isinstance(found, Mapping) else sorted(found)
    return "; ".join(each[:5]) + (f" and {len(each) - 5} more" if len(each) > 5 else "")
