"""What was spent, on what, and what it would have cost otherwise: the ledger's queries for the surfaces."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from datetime import date, datetime, tzinfo
from typing import Any, Literal

from django.conf import settings
from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import TruncDate, TruncDay

from inference.models import Call, Purpose, Statement
from inference.money import price_of, usd
from inference.prices import Tariff, listed
from inference.tokens import NO_TOKENS, Tokens
from users.prepared import Prepared, given

AXES = [field.name for field in fields(Tokens)]
PAID = Q(state__in=[Call.State.SETTLED, Call.State.TRUED_UP])
UNKNOWN = Q(state=Call.State.UNKNOWN)

By = Literal["purpose", "model", "reader", "day", "brief"]

# OpenAI's list price of gpt-4 with 8K context in March 2023, in nano-dollars per million tokens.
INPUT_2023 = 30_000_000_000
OUTPUT_2023 = 60_000_000_000
# OpenAI's list price of GPT-3 davinci in November 2021, the same for what it read and what it wrote.
ANY_2021 = 60_000_000_000
CHARACTERS_A_TOKEN = 4


@dataclass(frozen=True, slots=True)
class CostSummary:
    """`nano` is posted cost in nano-dollars; `held` what calls of unknown outcome may have cost besides.

    `tokens` are disjoint: `input` is uncached input, `output` what was visible.
    """

    nano: int = 0
    held: int = 0
    tokens: Tokens = NO_TOKENS
    models: tuple[str, ...] = ()
    calls: int = 0

    def __add__(self, other: CostSummary) -> CostSummary:
        models = tuple(sorted({*self.models, *other.models}))
        tokens = self.tokens + other.tokens
        return CostSummary(
            self.nano + other.nano, self.held + other.held, tokens, models, self.calls + other.calls
        )

    def part(self, of: int) -> CostSummary:
        """One of so many equal parts, each count rounded up; the calls stay whole."""
        axes = (-(-count // of) for count in astuple(self.tokens))
        return CostSummary(-(-self.nano // of), -(-self.held // of), Tokens(*axes), self.models, self.calls)


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a break-down; `key` is a purpose, a model, an ISO date, a brief's id, or a reader's email."""

    key: str
    cost: CostSummary


def of_works(work_keys: Iterable[str]) -> Mapping[str, CostSummary]:
    """What all attempts at each of these pieces of work cost, failed ones included; one query."""
    keys = list(work_keys)
    return dict.fromkeys(keys, CostSummary()) | {row["key"]: _read(row) for row in _OF_WORKS(keys=keys)}


def of_briefs(brief_ids: Iterable[str], purposes: Sequence[str] = ()) -> Mapping[str, CostSummary]:
    """What was spent on each brief, by id; with `purposes` only on those. One query."""
    ids = list(brief_ids)
    calls = Call.objects.filter(brief__in=ids)
    if purposes:
        calls = calls.filter(purpose__in=purposes)
    return dict.fromkeys(ids, CostSummary()) | _grouped(calls, "brief")


def of_reader(reader: int) -> list[Line]:
    """What was spent for one reader (by key) alone, by purpose."""
    found = _grouped(Call.objects.filter(reader=reader), "purpose")
    return [Line(str(key), cost) for key, cost in sorted(found.items())]


@dataclass(frozen=True, slots=True)
class Spent:
    """What one reader's calls about one brief cost for one purpose; `brief` is empty where they were about none."""

    brief: str
    purpose: str
    cost: CostSummary


def of_reader_by_day(reader: int, since: datetime, zone: tzinfo) -> Mapping[date, CostSummary]:
    """What was spent for one reader alone since then, by the days of that zone."""
    calls = _since(since).filter(reader=reader).annotate(day=TruncDate("reserved_at", tzinfo=zone))
    return _grouped(calls, "day")


def of_reader_by_brief(reader: int, since: datetime) -> list[Spent]:
    """What was spent for one reader alone since then, by brief and purpose, the dearest first."""
    rows = _since(since).filter(reader=reader).order_by().values("brief", "purpose").annotate(**SUMS)
    found = [Spent(row["brief"], row["purpose"], _read(row)) for row in rows]
    return sorted(found, key=lambda one: (-one.cost.nano, one.brief, one.purpose))


def shared_of_briefs(brief_ids: Iterable[str]) -> Mapping[str, CostSummary]:
    """What was spent on each brief for nobody in particular, by id; those on which nothing was spent are left out."""
    return _grouped(Call.objects.filter(brief__in=list(brief_ids), reader=None), "brief")


def total(since: datetime | None = None) -> CostSummary:
    """Everything spent since then, or ever."""
    return _read(_since(since).aggregate(**SUMS))


def breakdown(by: By, since: datetime | None = None) -> list[Line]:
    """Spending by one dimension, the dearest first; days in order. Calls for nobody or no brief are `shared`."""
    calls = _since(since)
    if by == "day":
        days = _grouped(calls.annotate(day=TruncDay("reserved_at")), "day")
        return [Line(f"{day:%Y-%m-%d}", cost) for day, cost in sorted(days.items())]
    found = _grouped(calls, {"reader": "reader__email"}.get(by, by))
    lines = [Line(str(key or "shared"), cost) for key, cost in found.items()]
    return sorted(lines, key=lambda line: (-line.cost.nano, line.key))


@dataclass(frozen=True, slots=True)
class Outcomes:
    """How closed calls ended. `unanswered`: nothing billed, or nobody knows; `repairs` cost `repairs_nano`."""

    closed: int
    unanswered: int
    repairs: int
    repairs_nano: int


def outcomes(since: datetime | None = None) -> Outcomes:
    """How the calls reserved since then ended; those still under way are not counted."""
    calls = _since(since).filter(closed_at__isnull=False)
    repair = Q(purpose=Purpose.REPAIR)
    found = calls.aggregate(
        closed=Count("pk"),
        unanswered=Count("pk", filter=Q(state__in=[Call.State.RELEASED, Call.State.UNKNOWN])),
        repairs=Count("pk", filter=repair),
        repairs_nano=Sum("cost", filter=PAID & repair, default=0),
    )
    return Outcomes(**{name: int(value) for name, value in found.items()})


USUAL = 20  # calls whose time is usual


def usual_seconds(purpose: str) -> float | None:
    """How long the last answered calls for this purpose took on average; None where there are none."""
    answered = Call.objects.filter(PAID, purpose=purpose, sent_at__isnull=False, closed_at__isnull=False)
    rows = answered.order_by("-pk").values_list("sent_at", "closed_at")[:USUAL]
    took = [(done - sent).total_seconds() for sent, done in rows if sent and done]
    return sum(took) / len(took) if took else None


def unknown_calls() -> QuerySet[Call]:
    """The calls of unknown outcome, the oldest first: each holds its money until a report closes it."""
    return Call.objects.filter(UNKNOWN).order_by("reserved_at", "pk")


def statements(since: date) -> QuerySet[Statement]:
    """What the provider's reports said of the days since then, the latest day first, bill before models."""
    return Statement.objects.filter(day__gte=since).order_by("-day", "model")


# ---------------------------------------------------------------- what it would have cost


def estimated_tokens(input_characters: int, output_characters: int) -> Tokens:
    """About how many tokens a model would read and write: four characters each, rounded up."""
    return Tokens(
        input=-(-input_characters // CHARACTERS_A_TOKEN), output=-(-output_characters // CHARACTERS_A_TOKEN)
    )


def strong() -> Tariff | None:
    """Today's list price of the strong model, or of gpt-5 where it has none."""
    return listed(settings.NUTGRAF_MODEL_STRONG) or listed("gpt-5")


def naive_usd(input_characters: int, output_characters: int, tariff: Tariff | None = None) -> str:
    """What the strong model would cost at today's list price if it read and wrote that much for one reader.

    The naive design lets it read all of the day's articles for every reader: for one brief of an edition of n, give
    the day's characters divided by n, and the brief's own length. `tariff` is `strong()`, for whoever asks often.
    """
    asked = tariff or strong()
    tokens = estimated_tokens(input_characters, output_characters)
    return usd(asked.cost(tokens)) if asked else usd(_at_2023_prices(tokens))


def usd_at_2023_prices(tokens: Tokens) -> str:
    """What the same tokens cost at gpt-4's price of March 2023: 30 and 60 dollars a million, nothing cheaper cached."""
    return usd(_at_2023_prices(tokens))


def usd_at_2021_prices(tokens: int) -> str:
    """What so many tokens cost at GPT-3 davinci's price of November 2021: 60 dollars a million, read or written."""
    return usd(price_of(tokens, ANY_2021))


def _at_2023_prices(tokens: Tokens) -> int:
    read = tokens.input + tokens.cached + tokens.cache_write
    return price_of(read, INPUT_2023) + price_of(tokens.output + tokens.reasoning, OUTPUT_2023)


# ---------------------------------------------------------------- queries


def _since(since: datetime | None) -> QuerySet[Call]:
    return Call.objects.filter(reserved_at__gte=since) if since else Call.objects.all()


SUMS: dict[str, Any] = {
    "nano": Sum("cost", filter=PAID, default=0),
    "held": Sum("hold", filter=UNKNOWN, default=0),
    "calls": Count("pk"),
    "used": ArrayAgg("model", distinct=True, filter=PAID | UNKNOWN, default=[]),
    **{f"sum_{axis}": Sum(axis, default=0) for axis in AXES},
}


def _grouped(calls: QuerySet[Call], column: str) -> dict[Any, CostSummary]:
    return {row["key"]: _read(row) for row in _sums(calls, column)}


def _sums(calls: QuerySet[Call], column: str) -> QuerySet[Call, Any]:
    return calls.order_by().values(key=F(column)).annotate(**SUMS)


_OF_WORKS = Prepared(lambda: _sums(Call.objects.filter(work_key__any_of=given("keys")), "work_key"))


def _read(row: Mapping[str, Any]) -> CostSummary:
    tokens = Tokens(*(int(row[f"sum_{axis}"]) for axis in AXES))
    return CostSummary(int(row["nano"]), int(row["held"]), tokens, tuple(sorted(row["used"])), row["calls"])
