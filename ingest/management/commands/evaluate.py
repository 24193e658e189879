"""`evaluate`: the scoreboard's figures on labelled articles."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ingest import scoreboard, scoreboard_extraction
from ingest.scoreboard import Labelled

_LATER = ("verifier",)


class Command(BaseCommand):
    help = (
        "Measure grouping or the relevance gate on labelled articles, or extraction on pages with known text."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("what", choices=["clusters", "relevance", "extraction", *_LATER])
        parser.add_argument(
            "--data",
            required=True,
            type=Path,
            metavar="DIR",
            help="where the *.jsonl files or folders of pages are",
        )
        parser.add_argument("--json", action="store_true", help="print one JSON document")

    def handle(self, *args: object, **options: Any) -> None:
        what: str = options["what"]
        if what in _LATER:
            raise CommandError(
                f"evaluate {what}: not yet; clusters, relevance and extraction can be measured"
            )
        folder: Path = options["data"]
        if not folder.is_dir():
            raise CommandError(f"evaluate: --data {folder}: no such folder", returncode=2)
        figures = {"clusters": _clusters, "relevance": _relevance, "extraction": _extraction}[what](folder)
        if options["json"]:
            self.stdout.write(json.dumps(figures, indent=2))
            return
        for name, window in figures["windows"].items():
            self.stdout.write(f"{name}: {_line(window)}")
        for name, baseline in figures["baselines"].items():
            self.stdout.write(f"baseline {name}: {_line(baseline)}")
        self.stdout.write(f"all: {_line(figures)}")


def _line(figures: Any) -> str:
    return f"F1 {figures['f1']:.3f}, precision {figures['precision']:.3f}, recall {figures['recall']:.3f}"


def _clusters(folder: Path) -> dict[str, Any]:
    windows = _windows(folder, "event", lambda item: bool(item.event))
    figures = {name: scoreboard.clusters(items) for name, items in windows.items()}
    return {**scoreboard.mean_clusters(list(figures.values())), "windows": figures}


def _relevance(folder: Path) -> dict[str, Any]:
    windows = _windows(folder, "on_topic", lambda item: item.on_topic in ("yes", "no"))
    figures = {name: scoreboard.relevance(items) for name, items in windows.items()}
    return {**scoreboard.mean_relevance(list(figures.values())), "windows": figures}


def _extraction(folder: Path) -> dict[str, Any]:
    """The first set with outputs of other extractors beside it leads; the others are windows next to it."""
    try:
        windows = scoreboard_extraction.windows(folder)
    except scoreboard_extraction.BadData as error:
        raise CommandError(f"evaluate: {error}") from None
    for name in (name for window in windows.values() for name in window.pop("left_out")):
        print(f"evaluate: the output of {name} holds none of the pages, left out", file=sys.stderr)
    leading = max(windows.values(), key=lambda window: len(window["baselines"]))
    figures = {name: value for name, value in leading.items() if name != "worst"}
    return {**figures, "windows": windows}


def _windows(folder: Path, label: str, labelled: Callable[[Labelled], bool]) -> dict[str, list[Labelled]]:
    """The labelled items of each file; files without any are named on stderr."""
    found = {}
    for path in sorted(folder.glob("*.jsonl")):
        items = [item for item in _read(path) if labelled(item)]
        if items:
            found[path.stem] = items
        else:
            print(f"evaluate: {path.name} has no {label} labels, left out", file=sys.stderr)
    if not found:
        raise CommandError(f"evaluate: no *.jsonl with {label} labels in {folder}")
    return found


def _read(path: Path) -> list[Labelled]:
    items = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if line.strip():
            try:
                items.append(scoreboard.read(json.loads(line)))
            except (KeyError, TypeError, ValueError) as error:
                raise CommandError(f"evaluate: {path.name} line {number}: {error!r}") from error
    return items
