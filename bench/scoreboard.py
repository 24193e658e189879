"""Measures everything we claim and writes it to docs/scoreboard.md, beside what the release before could do.

    bench/scoreboard.py [--quick] [--only NAME ...]

Each command of `bench/claims.py` is run by itself and prints one JSON document. `--quick` leaves out those that take
minutes, `--only` all but the named. What could not be measured, because the frozen data is not here (NUTGRAF_CORPUS) or
a command was not run, keeps its figure of before and is marked as old. docs/scoreboard.json holds the figures of all
releases; another run of the same code, the scoreboard aside, corrects that release's, and none is compared with code
that was changed after its commit.

Needs a machine that does nothing else. Ends with 1 when a limit is broken, something is worse than in the release
before by more than its noise, or a command brought no figures though it was run.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import corpus
from bench.board import CHANGED, Command, Figure, Releases, judged, kept_from, rendered, same_release, verdict
from bench.claims import COMMANDS, CORPUS
from tests.processes import FOREIGN, PROJECT

TABLE, HISTORY = "scoreboard.md", "scoreboard.json"


def main() -> int:
    asked = _arguments()
    earlier, commit, tree = history(asked.folder / HISTORY), _commit(), _tree()
    date = datetime.now(UTC).date().isoformat()
    figures: list[Figure] = []
    failed = []
    for command in COMMANDS:
        why = _left_out(command, asked)
        told = None if why else _told(command)
        if isinstance(told, dict | list):
            try:
                figures += judged(command, told, date, commit, earlier, tree)
                continue
            except (LookupError, TypeError, ValueError) as error:
                told = f"what it printed is not as agreed: {error!r}"
        if not why and not (isinstance(told, str) and told.startswith("skipped")):
            failed.append(f"{command.name}: {told}")
        figures += kept_from(command, why or str(told), commit, earlier, tree)
    _write(asked.folder, figures, earlier, date, commit, tree)
    for one in figures:
        print(
            f"{verdict(one).strip('*') or 'told':7} {one.name}: {one.figure:g} {one.unit}".rstrip(),
            file=sys.stderr,
        )
    for words in failed:
        print(f"no figures of {words}", file=sys.stderr)
    return 1 if failed or any(one.worse or not one.kept for one in figures) else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("--quick", action="store_true", help="leave out what takes minutes")
    names = [command.name for command in COMMANDS]
    parser.add_argument("--only", nargs="+", choices=names, metavar="NAME", help=", ".join(names))
    parser.add_argument("--folder", type=Path, default=PROJECT / "docs", help="where the table is kept")
    return parser.parse_args()


def _left_out(command: Command, asked: argparse.Namespace) -> str:
    """Why a command is not run, if it is not."""
    if asked.only and command.name not in asked.only:
        return "not asked for"
    if asked.quick and not command.quick:
        return "left out, as it takes long"
    if any(CORPUS in part for part in command.arguments) and not corpus.CORPUS.is_dir():
        return "the frozen data is not here"
    return ""


def _told(command: Command) -> Any:
    """The document it printed; in words, why there is none. A command ends with 1 when its own limit is broken."""
    arguments = [part.replace(CORPUS, str(corpus.CORPUS)) for part in command.arguments]
    print(f"{command.name} ...", file=sys.stderr, flush=True)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="nutgraf-board-") as var:
        Path(var).chmod(0o755)
        environment = {name: value for name, value in os.environ.items() if name not in FOREIGN}
        process = subprocess.Popen(
            [sys.executable, *arguments],
            env={**environment, "NUTGRAF_VAR": var, "NUTGRAF_CORPUS": str(corpus.CORPUS)},
            cwd=PROJECT,
            stdout=subprocess.PIPE,
            start_new_session=True,
            text=True,
        )
        try:
            said, _ = process.communicate(timeout=command.minutes * 60)
        except subprocess.TimeoutExpired:
            _stop(process)
            return f"it took longer than {command.minutes:g} minutes"
        except BaseException:
            _stop(process)
            raise
    print(f"{command.name}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    try:
        told = json.loads(said)
    except ValueError:
        return f"it printed no JSON and ended with {process.returncode}"
    if isinstance(told, dict) and "skipped" in told and len(told) == 1:
        return f"skipped: {told['skipped']}"
    return told


def _stop(process: subprocess.Popen[str]) -> None:
    """With all that it started; what is asked to stop first can take its servers with it."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=30)


def history(file: Path) -> Releases:
    """The figures of each release so far, the latest last."""
    if not file.exists():
        return []
    releases = json.loads(file.read_text(encoding="utf-8"))["releases"]
    return [[Figure(**one) for one in release["figures"]] for release in releases]


def _write(folder: Path, figures: list[Figure], earlier: Releases, date: str, commit: str, tree: str) -> None:
    file = folder / HISTORY
    releases = json.loads(file.read_text(encoding="utf-8"))["releases"] if earlier else []
    releases = [one for one in releases if not same_release(one["commit"], one.get("tree", ""), commit, tree)]
    this = {"date": date, "commit": commit, "tree": tree, "machine": machine()}
    this["figures"] = [asdict(one) for one in figures]
    releases.append(this)
    folder.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"releases": releases}, indent=1) + "\n", encoding="utf-8")
    (folder / TABLE).write_text(rendered(figures, date, commit, machine()), encoding="utf-8")


def machine() -> str:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{cores} cores of {platform.machine()}, {memory:.0f} GB, Python {platform.python_version()}"


def _commit() -> str:
    """Short; marked where what is tracked was changed since, the scoreboard itself aside."""

    changed = _git("status", "--porcelain", "--untracked-files=no", "--", ".", ":!docs/scoreboard.*")
    return (_git("rev-parse", "--short", "HEAD") or "unknown") + (CHANGED if changed else "")


def _tree() -> str:
    """By what the committed code is known, the scoreboard aside; empty where there is none, or it was changed since."""
    files = [line for line in _git("ls-tree", "-r", "HEAD").splitlines() if "\tdocs/scoreboard." not in line]
    if not files or _commit().endswith(CHANGED):
        return ""
    return hashlib.sha256("\n".join(files).encode()).hexdigest()[:16]


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=PROJECT, capture_output=True, text=True, check=False)
    return done.stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
