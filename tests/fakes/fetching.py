"""A process that fetches the addresses it is given and tells, as JSON, how each ended and how its memory grew.

Memory is measured in a process of its own because the peak of the one that tests is the peak of all its tests.

    python -m tests.fakes.fetching SECONDS URL...
"""

from __future__ import annotations

import json
import os
import resource
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


def main(seconds: str, *urls: str) -> None:
    from ingest.fetch import FetchError, fetch

    codes = {}
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for url in urls:
        try:
            codes[url] = f"{len(fetch(url, seconds=float(seconds)).body)} bytes"
        except FetchError as error:
            codes[url] = error.code
    growth = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(json.dumps({"codes": codes, "growth": growth * 1024}))


if __name__ == "__main__":
    main(*sys.argv[1:])
