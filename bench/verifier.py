"""What of a sloppy model's planted defects reaches a brief, over every recorded story, by the real writer.

.venv/bin/python bench/verifier.py [--rate 0.3] [--seed 1] [--show]     prints JSON; starts a Postgres of its own
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--rate", type=float, default=0.3)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--every", type=int, default=1, help="one story of so many")
    arguments.add_argument(
        "--show", action="store_true", help="print on stderr what came through or was lost"
    )
    chosen = arguments.parse_args()
    from django.conf import settings
    from django.core.management import call_command

    from inference import audit
    from tests.briefings.planted import count
    from tests.briefings.recorded import MISSING, stories
    from tests.fakes.characters import Sloppy
    from tests.fakes.model_server import ModelServer

    call_command("migrate", verbosity=0)
    logging.disable(logging.WARNING)
    told = stories(chosen.every)
    if not told:
        print(json.dumps({"skipped": MISSING}))
        return
    began, cpu = time.perf_counter(), time.process_time()
    with ModelServer() as provider:
        settings.OPENAI_BASE_URL, settings.OPENAI_API_KEY = provider.url, "sk-test"
        settings.NUTGRAF_BUDGET_DAY_USD = settings.NUTGRAF_BUDGET_MONTH_USD = "1000"
        found = count(told, provider, Sloppy(chosen.rate, chosen.seed))
        result = found.figures() | {
            "stories": len(told),
            "requests": len(provider.requests),
            "books": audit.verify(),
            "seconds": round(time.perf_counter() - began, 1),
            "cpu_seconds": round(time.process_time() - cpu, 1),
        }
    if chosen.show:
        print(*found.seen, "", *found.lost_texts, sep="\n", file=sys.stderr)
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="nutgraf-bench-") as var:
        Path(var).chmod(0o755)
        os.environ |= {
            "NUTGRAF_VAR": var,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "CELERY_BROKER_URL": "memory://",
        }
        from config.embedded import ensure_database

        ensure_database(Path(var))
        import django

        django.setup()
        main()
