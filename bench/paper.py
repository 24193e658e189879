"""The arithmetic of docs/scale.md: what so many readers come to, by the figures that `bench/scale.py` measured.

    bench/paper.py FIGURES.json     writes the tables of docs/scale.md anew, by what bench/scale.py printed
    bench/paper.py                  prints what the document's own figures come to, as JSON

Pure: figures and assumptions in, rows out. `tests/test_scale.py` reads the figures back from the document and holds its
other tables against them.
"""

from __future__ import annotations

import json
import math
import re
import sys
from collections.abc import Mapping
from pathlib import Path

PAPER = Path(__file__).resolve().parent.parent / "docs" / "scale.md"
Figures = Mapping[str, float]

# What is measured: key, unit and words. `*_py` and `*_pg` are milliseconds of a processor, ours and Postgres's.
PAIRS = (
    ("look", "a source looked at that has nothing new (304)"),
    ("take", "an article read from its feed, cut and stored"),
    ("place_small", "an article placed, 1,000 stored"),
    ("place_large", "an article placed, the largest archive of the run stored"),
    ("brief", "a brief written by the extractive writer, verified"),
    ("pair", "the first edition of a role and industry: lenses and choice"),
    (
        "edition",
        "an edition of a reader whose briefs and lenses are there, of a handful of stories, and its mail made",
    ),
    ("candidate", "the same edition, for each thousand stories more to choose from"),
    ("reread", "a story that has changed, read again by a process that chooses"),
    ("mail", "its mail sent"),
    ("page", "a page of today's edition"),
    ("brief_page", "a page of a brief"),
    ("api", "the day's edition over the API"),
    ("same", "the same, unchanged (304)"),
    ("call", "a model call reserved, sent and settled in the ledger"),
    ("connect", "a new connection to Postgres"),
)
SINGLE = (
    ("archive", "articles", "stored at `place_large`"),
    ("looks_a_day", "a day", "looks at a source, by the simulated schedule of bench/polling.py"),
    ("article_bytes", "bytes", "of database for an article with passages, vectors and story"),
    ("reader_bytes", "bytes", "of database for a reader's day: edition, delivery, and what goes with them"),
    ("reader_rows", "rows", "for the same"),
    ("call_bytes", "bytes", "of database for a call in the ledger"),
)
# By readers: public sources, articles a day.
ORDERS = (
    (10, 200, 1_000),
    (100, 300, 1_500),
    (1_000, 500, 2_500),
    (10_000, 1_000, 5_000),
    (100_000, 3_000, 10_000),
    (1_000_000, 10_000, 20_000),
    (10_000_000, 30_000, 40_000),
)
KINDS = 480  # pairs of a role and an industry; more readers than that mostly share one
OWN_SOURCES = 0.5  # of a reader: one in ten brings five
OWN_ARTICLES = 2.0  # a day from each of these
STORIES = (
    1.0  # to choose from, for each article of a day: those of two days, half of them copies and off topic
)
BRIEFS = 60  # written up a day, at most one a story
PAGES, API, SAME = 3.0, 0.2, 2.0  # of a reader a day: pages, answers of the API, and those that are unchanged
MODEL_CALLS = 4.0  # for a brief or a pair's lenses
QUESTIONS = 0.02  # of a reader a day that go to a model
PEAK = 0.2  # of the day's readers in the busiest hour; pages too
FULL = 0.6  # of a processor, that waits stay short
A_WEB_PROCESS, A_WORKER = 8, 1  # connections at most: config/connections.py
A_QUEUE = 2  # connections more of every process, while the queue lies in Postgres too
QUEUE_IN_POSTGRES = 10_000  # readers at most for which it does
EDITIONS_A_SECOND = 50  # PER_SWEEP of briefings/tasks.py, every ten seconds
HALF_AN_HOUR = 1800  # seconds before their hour in which editions are made
TICK = 0.1  # milliseconds: what is not seen of a hundred, as the system counts a process's time by the hundredth second


def kinds(readers: float) -> float:
    """Pairs that have a reader, where readers are spread evenly."""
    return KINDS * (1 - (1 - 1 / KINDS) ** readers)


def load(figures: Figures, readers: float, sources: float, articles: float) -> dict[str, float]:
    """Of a day: processor seconds; in its busiest hour: processors. By names that end in _py, _pg as PAIRS do."""

    def of(name: str, side: str) -> float:
        return figures[f"{name}_{side}"] / 1000

    looks = figures["looks_a_day"] * (sources + OWN_SOURCES * readers)
    new = articles + OWN_SOURCES * OWN_ARTICLES * readers
    pairs = kinds(readers)
    briefs = min(BRIEFS, 8 * pairs)
    calls = MODEL_CALLS * (briefs + pairs) + QUESTIONS * readers
    found: dict[str, float] = {"looks": looks, "articles": new, "calls": calls}
    for side in ("py", "pg"):
        reading = looks * of("look", side) + new * (of("take", side) + of("place_large", side))
        writing = briefs * of("brief", side) + pairs * of("pair", side) + calls * of("call", side)
        choosing = of("candidate", side) * STORIES * articles / 1000
        seen = PAGES * of("page", side) + API * of("api", side) + SAME * of("same", side)
        found[f"reading_{side}"] = reading
        found[f"writing_{side}"] = writing
        edition = of("edition", side) + choosing
        found[f"choosing_{side}"] = PEAK * readers * choosing / HALF_AN_HOUR
        found[f"readers_{side}"] = readers * (edition + of("mail", side))
        found[f"seen_{side}"] = readers * seen
        # Reading goes on all day, writing in a quarter of it, readers have their hour, and editions the half before it.
        rush = edition / HALF_AN_HOUR + of("mail", side) / 3600
        found[f"workers_{side}"] = reading / 86400 + writing / 21600 + PEAK * readers * rush
        found[f"rereading_{side}"] = of("reread", side) * STORIES * articles / 86400
        found[f"web_{side}"] = PEAK * readers * seen / 3600
    processes = max(2, math.ceil(found["workers_py"] / FULL))  # each of them reads what changes
    for side in ("py", "pg"):
        found[f"workers_{side}"] += processes * found[f"rereading_{side}"]
    found["postgres"] = found["workers_pg"] + found["web_pg"]
    found["web_processes"] = max(1, math.ceil(found["web_py"] / FULL))
    found["worker_processes"] = max(2, math.ceil(found["workers_py"] / FULL))
    queue = A_QUEUE if readers <= QUEUE_IN_POSTGRES else 0
    found["connections"] = (A_WEB_PROCESS + queue) * found["web_processes"]
    found["connections"] += (A_WORKER + queue) * found["worker_processes"]
    found["bytes"] = new * figures["article_bytes"] + readers * figures["reader_bytes"]
    found["bytes"] += calls * figures["call_bytes"]
    found["rows"] = readers * figures["reader_rows"]
    found["placing"] = new * (of("place_large", "py") + of("place_large", "pg")) / 86400
    found["editions_a_second"] = PEAK * readers / HALF_AN_HOUR
    return found


# What has an end, by one processor or one row: how much of it is used, what it is, and what to do.
LIMITS = (
    (
        "one machine of two processors",
        lambda one: (one["workers_py"] + one["web_py"] + one["postgres"]) / (2 * FULL),
    ),
    (
        "one machine of eight processors",
        lambda one: (one["workers_py"] + one["web_py"] + one["postgres"]) / (8 * FULL),
    ),
    ("100 connections, as Postgres allows unless told otherwise", lambda one: one["connections"] / 100),
    ("eight worker processes that do nothing but choose", lambda one: one["choosing_py"] / (8 * FULL)),
    ("the sweep of editions, fifty a second", lambda one: one["editions_a_second"] / EDITIONS_A_SECOND),
    ("one worker that places articles, as one may at a time", lambda one: one["placing"]),
    ("a terabyte a year of database", lambda one: one["bytes"] * 365 / 1e12),
    ("a Postgres of sixteen processors", lambda one: one["postgres"] / (16 * FULL)),
    ("500 connections, from where on a pooler is due", lambda one: one["connections"] / 500),
    ("a Postgres of 64 processors", lambda one: one["postgres"] / (64 * FULL)),
)


def reaches(figures: Figures, used: object) -> float:
    """How many readers use a limit up; sources and articles between the orders grow evenly on a paper of logarithms."""
    low, high = 1.0, 1e9
    for _ in range(80):
        middle = math.sqrt(low * high)
        share = used(load(figures, middle, *between(middle)))  # type: ignore[operator]
        low, high = (middle, high) if share < 1 else (low, middle)
    return high


def between(readers: float) -> tuple[float, float]:
    at = min(max(math.log10(readers), 1.0), 7.0)
    number = min(int(at) - 1, len(ORDERS) - 2)
    (_, few_sources, few_articles), (_, sources, articles) = ORDERS[number], ORDERS[number + 1]
    share = at - (number + 1)
    return few_sources * (sources / few_sources) ** share, few_articles * (articles / few_articles) ** share


# ---------------------------------------------------------------- as Markdown


def figures_table(figures: Figures) -> str:
    rows = ["| key | what | Python, ms | Postgres, ms |", "| --- | --- | --- | --- |"]
    rows += [
        f"| `{key}` | {words} | {_ticks(figures[f'{key}_py'])} | {_ticks(figures[f'{key}_pg'])} |"
        for key, words in PAIRS
    ]
    rows += ["", "| key | what | figure |", "| --- | --- | --- |"]
    rows += [f"| `{key}` | {unit} {words} | {_figure(figures[key])} |" for key, unit, words in SINGLE]
    return "\n".join(rows)


def read_figures(document: str) -> dict[str, float]:
    """The figures as the document tells them."""
    found: dict[str, float] = {}
    block = part(document, "figures")
    for key, first, second in re.findall(
        r"^\| `(\w+)` \| .* \| ((?:< )?[\d.,]+) \| ((?:< )?[\d.,]+) \|$", block, re.MULTILINE
    ):
        found[f"{key}_py"], found[f"{key}_pg"] = _number(first), _number(second)
    singles = {key for key, _, _ in SINGLE}
    for key, only in re.findall(r"^\| `(\w+)` \| .* \| ([\d.,]+) \|$", block, re.MULTILINE):
        if key in singles:
            found[key] = _number(only)
    return found


def load_table(figures: Figures) -> str:
    heads = (
        "readers | sources | articles a day | workers | web | Postgres | busiest hour: web processes | worker processes"
        " | connections | GB a year"
    )
    rows = [f"| {heads} |", "|" + " --- |" * 10]
    for readers, sources, articles in ORDERS:
        one = load(figures, readers, sources, articles)
        cells = [f"{readers:,}", f"{sources:,}", f"{articles:,}"]
        cells += [_figure(one[name]) for name in ("workers_py", "web_py", "postgres")]
        cells += [f"{one[name]:,.0f}" for name in ("web_processes", "worker_processes", "connections")]
        cells.append(_figure(one["bytes"] * 365 / 1e9))
        rows.append("| " + " | ".join(cells) + " |")
    return "\n".join(rows)


def limits_table(figures: Figures) -> str:
    rows = ["| readers | what is used up |", "| --- | --- |"]
    found = sorted((reaches(figures, used), words) for words, used in LIMITS)
    rows += [f"| {_about(at)} | {words} |" for at, words in found]
    return "\n".join(rows)


def assumptions_table(_: Figures) -> str:
    told = (
        ("KINDS", KINDS, "pairs of a role and an industry, of which readers are spread evenly over all"),
        ("OWN_SOURCES", OWN_SOURCES, "own sources of a reader, on average"),
        ("OWN_ARTICLES", OWN_ARTICLES, "articles a day from each of these"),
        ("STORIES", STORIES, "stories to choose from, for each public article of a day"),
        ("BRIEFS", BRIEFS, "briefs written a day at most; eight for each pair that has a reader"),
        ("PAGES", PAGES, "pages of a reader a day"),
        ("API", API, "answers of the API that hold something new"),
        ("SAME", SAME, "answers of the API that are unchanged"),
        ("MODEL_CALLS", MODEL_CALLS, "model calls for each brief and each pair, where a model writes"),
        ("QUESTIONS", QUESTIONS, "questions of a reader a day that go to a model"),
        ("PEAK", PEAK, "of a day's readers in its busiest hour"),
        ("FULL", FULL, "of a processor used, so that nothing has to wait long"),
        ("A_WEB_PROCESS", A_WEB_PROCESS, "connections of a web process at most"),
        ("A_WORKER", A_WORKER, "connections of a worker's process"),
        ("A_QUEUE", A_QUEUE, "connections more of every process, while the queue lies in Postgres"),
        ("QUEUE_IN_POSTGRES", f"{QUEUE_IN_POSTGRES:,}", "readers at most for which it does"),
        ("EDITIONS_A_SECOND", EDITIONS_A_SECOND, "editions that the sweep hands out"),
        ("HALF_AN_HOUR", f"{HALF_AN_HOUR:,}", "seconds before their hour in which editions are made"),
    )
    rows = ["| name | value | meaning |", "| --- | --- | --- |"]
    return "\n".join(rows + [f"| `{name}` | {value} | {words} |" for name, value, words in told])


TABLES = {
    "assumptions": assumptions_table,
    "figures": figures_table,
    "load": load_table,
    "limits": limits_table,
}


def part(document: str, name: str) -> str:
    return document.partition(f"<!-- {name}: begin -->\n")[2].partition(f"\n<!-- {name}: end -->")[0]


def written(document: str, figures: Figures) -> str:
    """The document with its tables by these figures."""
    # By the figures as they are shown: a reader can do the sums again.
    shown = read_figures(f"<!-- figures: begin -->\n{figures_table(figures)}\n<!-- figures: end -->")
    for name, table in TABLES.items():
        begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
        before, _, rest = document.partition(begin)
        document = f"{before}{begin}\n{table(shown)}\n{end}{rest.partition(end)[2]}"
    return document


def _figure(value: float) -> str:
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.2f}" if value >= 1 else f"{value:.3f}"


def _ticks(milliseconds: float) -> str:
    """What is too short to be seen is less than a tick; the sums take it for a whole one."""
    return f"< {TICK}" if milliseconds < 0.0005 or milliseconds == TICK else _figure(milliseconds)


def _number(words: str) -> float:
    return float(words.removeprefix("< ").replace(",", ""))


def _about(readers: float) -> str:
    """To one digit and a half: more is not known."""
    if readers >= 1e8:
        return "more than 100,000,000"
    scale = 10 ** max(0, math.floor(math.log10(readers)) - 1)
    return f"{round(readers / scale) * scale:,}"


def main() -> int:
    if not sys.argv[1:]:
        figures = read_figures(PAPER.read_text())
        print(json.dumps({readers: load(figures, readers, *more) for readers, *more in ORDERS}, indent=1))
        return 0
    figures = json.loads(Path(sys.argv[1]).read_text())["figures"]
    PAPER.write_text(written(PAPER.read_text(), figures))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
