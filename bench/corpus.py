"""Where the frozen data lies that benches read in place, if it is here: `NUTGRAF_CORPUS`, or beside the checkout."""

from __future__ import annotations

import os
from pathlib import Path

CORPUS = Path(
    os.environ.get("NUTGRAF_CORPUS") or Path(__file__).resolve().parent.parent.parent / "shared" / "data"
)
