"""What we claim, and which command tells whether it is so: the lines of the scoreboard."""

from __future__ import annotations

from statistics import median
from typing import Any

from bench.board import Claim, Command, Told, at

CORPUS = "$NUTGRAF_CORPUS"  # of the frozen data, set in when the command is run


def _evaluate(what: str, folder: str) -> tuple[str, ...]:
    return ("manage.py", "evaluate", what, "--data", f"{CORPUS}/{folder}", "--json")


def _baselines(*names: str) -> Any:
    def told(document: Told) -> str:
        return ", ".join(
            f"{name.replace('_', ' ')} {document['baselines'][name]['f1']:.3f}" for name in names
        )

    return told


def _support(told: Told) -> float:
    """Of the sentences that a sloppy model brought into briefs, how many were as its sources have it."""
    right = told["clean"] * (1 - told["clean_lost"])
    return round(right / (right + told["reached"]), 4)


def _unkept(told: Told) -> float:
    return float(sum(not one["kept"] for one in told["criteria"]))


def _pair(of: Told) -> str:
    """The models whose prices are told first."""
    return str(next(iter(of[0]["prices"])))


def _briefing(of: Told, readers: str) -> Told:
    return of[0]["prices"][_pair(of)][readers]


def _cost(readers: str) -> Claim:
    return Claim(
        f"a verified briefing at {int(readers):,} readers",
        lambda told: float(_briefing(told, readers)["usd_per_verified_briefing"]),
        "less",
        noise=0.02,
        unit="$",
        peer=lambda told: (
            f"{_briefing(told, readers)['times_cheaper_than_naive']:,} times cheaper than naive"
        ),
        of=_pair,
    )


COMMANDS = (
    Command(
        "clusters",
        _evaluate("clusters", "labels"),
        (
            Claim(
                "articles grouped by event, F1",
                at("f1"),
                "more",
                0.80,
                peer=_baselines("title_jaccard", "tfidf_agglomerative"),
            ),
            Claim("the same, different addresses only, F1", at("f1_different_urls"), "more"),
        ),
        quick=True,
    ),
    Command(
        "relevance",
        _evaluate("relevance", "labels"),
        (Claim("is it AI news, F1", at("f1"), "more", 0.92, peer=_baselines("keywords")),),
        quick=True,
    ),
    Command(
        "extraction",
        _evaluate("extraction", "pages"),
        (Claim("text of a page, F1", at("f1"), "more", 0.95, peer=_baselines("boilerpipe", "newspaper")),),
        quick=True,
    ),
    Command(
        "verifier",
        _evaluate("verifier", "fulltext"),
        (
            Claim("planted defects that the verifier catches", at("recall"), "more", 0.99, noise=0.001),
            Claim("clean sentences that it refuses", at("clean_lost"), "less", 0.02, noise=0.05),
        ),
        minutes=20,
    ),
    Command(
        "sloppy",
        ("bench/verifier.py", "--seed", "5"),
        (
            Claim("defects of a sloppy model that reach no brief", at("stopped"), "more", 0.99, noise=0.001),
            Claim("sentences of its briefs that their passages support", _support, "more", 0.99, noise=0.001),
        ),
        minutes=40,
    ),
    Command("cost", ("bench/cost.py",), (_cost("100"), _cost("10000")), minutes=40),
    Command(
        "ingest",
        ("bench/ingest.py",),
        (Claim("ingest of 22 feeds, in times of feedparser alone", at("ratio"), "less", 3.0, noise=0.1),),
        minutes=15,
    ),
    Command(
        "readers",
        ("bench/readers.py",),
        (
            Claim("entries a second of new feeds, in times of reader's", at("cold_ratio"), "more", 1.5, noise=0.15),
            Claim("feeds a second of unchanged ones, in times of reader's", at("warm_ratio"), "more", 1.0, noise=0.15),
        ),
        minutes=20,
    ),
    Command(
        "polling",
        ("bench/polling.py",),
        (
            Claim(
                "10,000 sources on two workers, lateness of looks, p99",
                at("schedule", "lateness_seconds", "p99"),
                "less",
                60.0,
                noise=0.3,
                unit="s",
            ),
        ),
        minutes=20,
    ),
    Command(
        "extractive",
        ("bench/extractive.py",),
        (Claim("a brief without a model", at("brief_ms"), "less", 200.0, noise=0.2, unit="ms"),),
        quick=True,
    ),
    Command(
        "page",
        ("bench/page.py",),
        (
            Claim("the server's time for the page of a brief", at("brief", "median_ms"), "less", 30.0, 0.2, "ms"),
            Claim("the same, nothing of it kept", at("brief_anew", "median_ms"), "less", 30.0, 0.2, "ms"),
        ),
        quick=True,
    ),
    Command(
        "web",
        ("bench/web.py",),
        (
            Claim(
                "pages a second, in times of a bare Django page's",
                at("to_bare"),
                "more",
                0.5,
                0.15,
                peer=lambda told: f"{told['pages_per_second']:g} a second, bare {told['bare']['pages_per_second']:g}",
            ),
        ),
        minutes=20,
    ),
    Command(
        "api",
        ("bench/api.py",),
        (
            Claim("today's edition by the API", at("today", "median_ms"), "less", 10.0, 0.2, "ms"),
            Claim("the same, unchanged", at("not_modified", "median_ms"), "less", 3.0, 0.2, "ms"),
            Claim(
                "editions a second by the API",
                at("a_second", "edition"),
                "more",
                600.0,
                0.15,
                peer=lambda told: f"a refusal without a look at the database {told['a_second']['bare']:g}",
            ),
        ),
    ),
    Command(
        "digest",
        ("bench/digest.py",),
        (
            Claim(
                "mails a second, in times of a bare loop's",
                at("sending", "ratio"),
                "more",
                0.5,
                0.1,
                peer=lambda told: f"bare {told['sending']['bare_a_second']:g} a second",
            ),
            Claim(
                "who is due among a million readers",
                at("planning", "finding_who_is_due_seconds"),
                "less",
                1.0,
                0.3,
                "s",
            ),
        ),
        minutes=40,
    ),
    Command(
        "ledger",
        ("bench/ledger.py",),
        (
            Claim(
                "metered calls a second at one budget",
                at("calls_per_second", "8"),
                "more",
                200.0,
                0.25,
                peer=lambda told: f"bare commits {told['bare_commits_per_second']:g}",
            ),
            Claim("a reservation", at("reservation_ms", "median"), "less", 5.0, 0.3, "ms"),
        ),
        quick=True,
    ),
    Command(
        "startup",
        ("bench/startup.py",),
        (
            Claim(
                "from make run to the first page",
                lambda told: median(told["first_page_seconds"]["empty_database"]),
                "less",
                15.0,
                0.1,
                "s",
            ),
            Claim("memory of the worker", lambda told: median(told["worker_mb"]), "less", 300.0, 0.1, "MB"),
        ),
    ),
    Command(
        "answers",
        ("bench/answers.py",),
        (
            Claim(
                "questions without an answer that are answered all the same",
                lambda told: float(told["unanswerable"].get("beside", 0)),
                "less",
                0.0,
            ),
            Claim(
                "answerable questions answered right, without a model",
                lambda told: round(told["answerable"]["right"] / sum(told["answerable"].values()), 4),
                "more",
            ),
        ),
        quick=True,
    ),
    Command(
        "followups",
        ("bench/followups.py",),
        (
            Claim("stored answers given to another question", lambda told: float(len(told["wrong"])), "less", 0.0),
            Claim("repeated questions served from store", lambda told: round(told["served"] / told["same"], 4), "more"),
        ),
        quick=True,
    ),
    Command(
        "faults",
        ("bench/faults.py",),
        (
            Claim(
                "faults that were not survived",
                lambda told: float(len(told["not_survived"])),
                "less",
                0.0,
                peer=lambda told: f"{told['survived']} of {told['faults']} survived, {len(told['skipped'])} untried",
            ),
        ),
        minutes=60,
    ),
    Command(
        "chaos",
        ("bench/chaos.py",),
        (
            Claim(
                "discrepancies of the ledger under chaos",
                lambda told: float(len(told["discrepancies"])),
                "less",
                0.0,
                peer=lambda told: f"{told['requests']} requests",
            ),
        ),
        minutes=60,
    ),
    Command(
        "soak",
        ("bench/soak.py",),
        (
            Claim(
                "promises not kept in half an hour under fire",
                _unkept,
                "less",
                0.0,
                peer=lambda told: f"{len(told['criteria'])} promises, {told['digests']['came']} digests",
            ),
        ),
        minutes=110,
    ),
)  # fmt: skip
