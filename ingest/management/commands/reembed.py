"""`reembed`: brings the whole archive to one embedder's vectors; stopped anywhere, it goes on where it was."""

from __future__ import annotations

import json
import sys
import time
from argparse import ArgumentParser
from typing import Any, TextIO

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from inference.errors import InferenceError, NotConfigured
from inference.money import usd
from ingest import embedders, locks, reembed

LOCK = 0x72656D62  # any number: of two runs at once the second would only pay again for what the first does
WIDTH = 30


class Command(BaseCommand):
    help = "Embed every article and story by one embedder: the configured one, or --to. Can be repeated."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--to", metavar="NAME", help="lexical, local:MODEL, or an embedding model of the endpoint"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON document")

    def handle(self, *args: object, to: str | None, **options: Any) -> None:
        name = settings.NUTGRAF_MODEL_EMBED if to is None else to.strip()
        if not name or name == embedders.LOCAL or len(name) > embedders.LONGEST:
            raise CommandError(
                f"--to {to!r}: allowed: lexical, local:MODEL, an embedding model", returncode=2
            )
        with locks.taken(LOCK, ["reembed"]) as alone:
            if not alone:
                raise CommandError("another reembed is at work")
            if name != settings.NUTGRAF_MODEL_EMBED:
                self.stderr.write(
                    f"Set NUTGRAF_MODEL_EMBED={name} as well, or new articles get other vectors."
                )
            self._report(name, options["json"])

    def _report(self, name: str, as_json: bool) -> None:
        began = time.monotonic()
        bar = Bar(sys.stderr)
        try:
            changed = reembed.change_over(name, bar)
        except NotConfigured as error:
            raise CommandError(f"{name} cannot be had: {error}") from error
        except (InferenceError, reembed.LengthChanged) as error:
            raise CommandError(
                f"stopped: {error}. What is done is kept; run it again to go on with the rest."
            ) from error
        finally:
            bar.close()
        failed = [{"article": article, "error": error} for article, error in changed.failed or []]
        result = {
            "embedder": changed.tag,
            "articles": changed.articles,
            "stories": changed.stories,
            "failed": failed,
            "cost": {"usd": usd(changed.cost)},
            "seconds": round(time.monotonic() - began, 3),
        }
        if as_json:
            self.stdout.write(json.dumps(result, indent=2))
        else:
            self.stdout.write(
                f"{changed.articles} articles and {changed.stories} stories have vectors of {changed.tag} now"
                f" (${usd(changed.cost)})."
            )
        if failed:
            raise CommandError(f"{len(failed)} articles could not be embedded: {failed[0]['error']}")


class Bar:
    """A progress bar where somebody watches, else a line for every tenth."""

    def __init__(self, stream: TextIO) -> None:
        self.stream, self.watched, self.tenth, self.open = stream, stream.isatty(), 0, False

    def __call__(self, done: int, of: int, cost: int) -> None:
        share = done / of
        words = f"{share:4.0%}  {done:,} of {of:,} articles  ${usd(cost)}"
        if self.watched:
            full = round(share * WIDTH)
            self.stream.write(f"\r{'█' * full}{'░' * (WIDTH - full)} {words}")
            self.open = True
        elif int(share * 10) > self.tenth:
            self.tenth = int(share * 10)
            self.stream.write(f"reembed: {words}\n")
        self.stream.flush()

    def close(self) -> None:
        if self.open:
            self.stream.write("\n")
