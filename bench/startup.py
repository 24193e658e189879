"""How long from `manage.py up` on an installed tree to the first page served, and what the worker holds in memory.

Limits: 15 seconds and 300 MB. Prints one JSON document.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.processes import Instance, Running, wait_for

LIMIT_SECONDS, LIMIT_MB, RUNS = 15.0, 300.0, 3


def main() -> None:
    empty, again, memory = [], [], []
    for _ in range(RUNS):
        with tempfile.TemporaryDirectory() as folder:
            Path(folder).chmod(0o755)
            instance = Instance(Path(folder))
            empty.append(_first_page(instance, memory))
            again.append(_first_page(instance, []))
    seconds, megabytes = statistics.median(empty), statistics.median(memory)
    print(
        json.dumps(
            {
                "first_page_seconds": {"empty_database": empty, "existing_database": again},
                "of_limit": round(seconds / LIMIT_SECONDS, 3),
                "worker_mb": memory,
                "worker_of_limit": round(megabytes / LIMIT_MB, 3),
            }
        )
    )


def _first_page(instance: Instance, memory: list[float]) -> float:
    began = time.monotonic()
    with instance.up() as running:
        seconds = time.monotonic() - began
        if memory is not None:
            wait_for(lambda: "sample" in running.page("/").lower(), 60, "work to have been done")
            memory.append(round(_worker_bytes(running) / 2**20, 1))
    return round(seconds, 2)


def _worker_bytes(running: Running) -> float:
    """Proportional set size of the worker and its pool: shared pages count once over all processes."""
    return float(sum(one.memory_full_info().pss for one in running.children(" worker ")))


if __name__ == "__main__":
    main()
