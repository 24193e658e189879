"""The judge of the soak finds what it is there to find, and what looks for it sees it in real processes and mails."""

from __future__ import annotations

import subprocess
import sys
import time
from array import array
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from multiprocessing import Pipe
from pathlib import Path
from smtplib import SMTP
from threading import Thread
from typing import Any
from zoneinfo import TZPATH, ZoneInfo, reset_tzpath

import psutil
import pytest

from bench.soak import Postbox
from tests.fakes.mail_server import mail_server
from tests.fakes.web_server import WebServer
from tests.soak import judge, load, memory, world, zone
from tests.soak.judge import Arrival, Criterion
from tests.soak.load import Measured

DUE = {f"reader{number}@soak.example" for number in range(200)}
IN_TIME = [Arrival(address, 2.0) for address in sorted(DUE)]


def broken(found: list[Criterion]) -> set[str]:
    return {one.criterion for one in found if not one.kept}


def test_it_has_nothing_to_say_of_digests_in_time() -> None:
    assert broken(judge.digests(DUE, IN_TIME)) == set()


@pytest.mark.parametrize(
    ("arrived", "wrong"),
    [
        ([*IN_TIME, IN_TIME[3]], {"mails twice"}),
        ([*IN_TIME, Arrival("stranger@soak.example", 1.0)], {"mails to who was due none"}),
        ([*IN_TIME[1:], Arrival(IN_TIME[0].to, -0.5)], {"digests before the hour"}),
        (IN_TIME[1:], {"digests within 60 minutes"}),
        ([*IN_TIME[2:], *(Arrival(one.to, 45.0) for one in IN_TIME[:2])], set()),
        (
            [*IN_TIME[3:], *(Arrival(one.to, 45.0) for one in IN_TIME[:3])],
            {"digests within 30 minutes of the hour"},
        ),
        ([*IN_TIME[1:], Arrival(IN_TIME[0].to, 61.0)], {"digests within 60 minutes"}),
        ([], {"digests within 30 minutes of the hour", "digests within 60 minutes"}),
    ],
)
def test_it_finds_late_lost_early_and_repeated_digests(arrived: list[Arrival], wrong: set[str]) -> None:
    assert broken(judge.digests(DUE, arrived)) == wrong


def test_a_planted_second_mail_is_found_at_the_mail_server() -> None:
    with mail_server() as server:
        server.judge = post = Postbox()
        host, port = server.url.removeprefix("smtp://").split(":")
        for to in ("Ada <reader1@soak.example>", "reader2@soak.example", "reader1@soak.example"):
            letter = EmailMessage()
            letter["From"], letter["To"], letter["Message-ID"] = (
                "nutgraf@soak.example",
                to,
                f"<{to[:3]}@soak>",
            )
            letter.set_content("Your briefing")
            with SMTP(host, int(port)) as smtp:
                smtp.send_message(letter)
    found = judge.digests({"reader1@soak.example", "reader2@soak.example"}, post.arrivals(time.time() - 60))
    assert broken(found) == {"mails twice"}
    assert next(one.note for one in found if one.criterion == "mails twice") == "reader1@soak.example: 2"


def measured(seconds: list[float], planned: int | None = None, **errors: int) -> Measured:
    asked = len(seconds) + sum(errors.values())
    return Measured(asked if planned is None else planned, array("d", seconds), Counter(errors))


FAST = measured([0.02] * 1000)


@pytest.mark.parametrize(
    ("pages", "api", "wrong"),
    [
        (FAST, FAST, set()),
        (measured([0.02] * 940 + [0.5] * 60), FAST, {"p95 of pages, ms"}),
        (measured([0.02] * 996, status=4), FAST, set()),
        (measured([0.02] * 995, status=5), FAST, {"pages that failed"}),
        (FAST, measured([0.02] * 995, status=5), {"API requests that failed"}),
        (measured([0.02] * 900, planned=1000), FAST, {"pages that failed"}),
        (measured([]), FAST, {"p95 of pages, ms", "pages that failed"}),
    ],
)
def test_it_finds_slow_and_failed_requests_and_a_load_that_was_none(
    pages: Measured, api: Measured, wrong: set[str]
) -> None:
    assert broken(judge.load(pages, api)) == wrong


def test_memory_that_grew_under_load_is_not_hidden_by_the_rest_after_it() -> None:
    grown = [(5.0 * n, 500.0 + 2 * n) for n in range(120)]
    rest = [(600.0 + 5 * n, 740.0) for n in range(240)]
    assert judge.memory([*grown, *rest]).kept, "as if nothing had been"
    assert not judge.memory(judge.until(600.0, [*grown, *rest])).kept


def test_it_finds_sources_that_nobody_looked_at() -> None:
    assert broken(judge.staleness([0.0, 3.5], 2.0)) == set()
    assert len(broken(judge.staleness([0.0, 31.0], 2.0))) == 1
    assert len(broken(judge.staleness([0.0], 91.0))) == 1
    assert len(broken(judge.staleness([], 2.0))) == 1, "nothing was measured"


def test_books_that_do_not_hold_and_a_trial_without_trouble_fail() -> None:
    assert broken(judge.ledger([], [])) == set()
    assert broken(judge.ledger(["held"], ["request a has 0 rows"])) == {
        "broken invariants of the ledger",
        "discrepancies with the provider's log",
    }
    assert judge.trouble(1, 1).kept
    assert not judge.trouble(1, 0).kept
    assert not judge.trouble(0, 1).kept


def series(last: list[float]) -> list[tuple[float, float]]:
    held = [400.0 + 10 * n for n in range(20)] + [600.0] * 20 + last
    return [(5.0 * at, megabytes) for at, megabytes in enumerate(held)]


def test_memory_that_grows_at_first_or_falls_when_a_worker_is_replaced_is_flat() -> None:
    assert judge.memory(series([600.0] * 20)).kept
    assert judge.memory(series([600.0 + n % 7 for n in range(20)])).kept
    assert judge.memory(series([640.0] * 3 + [560.0] * 17)).kept
    assert not judge.memory(series([600.0 + 3 * n for n in range(20)])).kept
    assert not judge.memory([]).kept
    assert not judge.memory(series([600.0] * 20)[-9:]).kept, "too few to say"


GROWS = "import time\nheld = []\nwhile True: held.append(bytearray(b'x' * {each})); sum(range(9999)); time.sleep(0.05)"


@pytest.fixture(params=[(0, True), (2_000_000, False)], ids=["flat", "growing"])
def process(request: pytest.FixtureRequest) -> Iterator[tuple[psutil.Process, bool]]:
    each, flat = request.param
    running = subprocess.Popen([sys.executable, "-c", GROWS.format(each=each)])
    yield psutil.Process(running.pid), flat
    running.kill()
    running.wait()


def test_a_real_process_that_grows_is_found(process: tuple[psutil.Process, bool]) -> None:
    one, flat = process
    with memory.Memory(lambda: {"worker": [one]}, every=0.1) as seen:
        time.sleep(3.5)
    assert judge.memory(seen.samples).kept == flat, seen.samples
    assert seen.processor["worker"] > 0


def asked_of(web: WebServer, rate: float, seconds: float, *paths: str) -> Measured:
    ours, theirs = Pipe()
    kinds = {"pages": (web.port, [(path, "Accept-Encoding: gzip\r\n") for path in paths], rate)}
    thread = Thread(target=load.run, args=(theirs, kinds, seconds, 1))
    thread.start()
    while True:
        done, found = ours.recv()
        if done:
            thread.join()
            return found["pages"]  # type: ignore[no-any-return]


def test_what_waits_behind_a_stall_is_timed_from_when_it_was_planned() -> None:
    with WebServer() as web:
        web.put("/quick", "<p>quick</p>" * 50)
        began = time.monotonic()

        def stalls(connection: Any) -> None:
            time.sleep(max(0.0, began + 2.0 - time.monotonic()))
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")

        web.misbehave("/stalls", stalls)
        quick = asked_of(web, 40, 1.5, "/quick")
        assert quick.planned == quick.asked == 60, quick.errors
        assert quick.percentile(0.5) < 0.5
        began = time.monotonic()
        stalled = asked_of(web, 20, 1.0, "/stalls")
    assert stalled.asked == 20, "it went on asking"
    assert min(stalled.seconds) >= 0.9
    assert max(stalled.seconds) >= 1.9, "the first waited from the beginning"


def test_wrong_answers_and_servers_that_are_gone_are_failures() -> None:
    with WebServer() as web:
        web.put("/right", "<p>right</p>")
        web.put("/wrong", "no", 503)
        found = asked_of(web, 40, 1.0, "/right", "/wrong")
    assert found.errors["status 503"] + len(found.seconds) == 40
    assert found.errors["status 503"] > 5
    gone = asked_of(web, 20, 0.5, "/right")
    assert gone.errors.total() == 10


def test_a_zone_is_made_in_which_it_is_the_hour_when_it_is_wanted(tmp_path: Path) -> None:
    before = TZPATH
    try:
        for hours in (0, 5.123, 12, 18.99, 23):
            moment = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(seconds=round(hours * 3600))
            told = zone.make(tmp_path / "zones", moment)
            assert str(tmp_path) in told["PYTHONTZPATH"]
            local = moment.astimezone(ZoneInfo.no_cache(zone.NAME))
            assert (local.hour, local.minute, local.second) == (zone.HOUR, 0, 0)
            assert abs(local.utcoffset() or timedelta()) <= timedelta(hours=12)
            assert ZoneInfo.no_cache("Europe/Berlin").utcoffset(moment) == timedelta(hours=1)
    finally:
        reset_tzpath(before)


def test_every_publisher_has_a_name_of_its_own_and_events_are_told_by_several() -> None:
    ours, _ = Pipe()
    of = world.World(8080, 10_000, ours)
    urls = [of.url(number) for number in range(10_000)]
    assert len({url.split("/")[2] for url in urls}) == 10_000
    kinds = Counter(url.split("/")[3] for url in urls)
    assert kinds == {
        "well": pytest.approx(8900, abs=2),
        "hang": pytest.approx(500, abs=2),
        "fail": pytest.approx(500, abs=2),
        "bomb": pytest.approx(100, abs=2),
    }
    events = [world.tellers(event, 10_000) for event in range(world.EVENTS)]
    assert all(len(set(tellers)) == world.TELLERS for tellers in events)
    told = {world.article(event, turn) for event in range(200) for turn in range(world.TELLERS)}
    assert len(told) == 200 * world.TELLERS
