"""How often a stored answer serves another question, and how often it would serve the wrong one.

.venv/bin/python bench/followups.py        prints JSON; needs no database and no model

The pairs are our own (`bench/question_pairs.tsv`).
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
PAIRS = Path(__file__).with_name("question_pairs.tsv")


def pairs() -> list[tuple[bool, str, str]]:
    """Whether they ask the same, and the two questions."""
    lines = (line for line in PAIRS.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
    return [(kind == "same", one, other) for kind, one, other in (line.split("\t") for line in lines)]


def judge() -> dict[str, Any]:
    """The counts over all pairs; `wrong` are those that ask different things and were taken for one."""
    from briefings.converse.question import read
    from briefings.converse.same import ask_the_same

    found = [(same, f"{one} / {other}", ask_the_same(read(one), read(other))) for same, one, other in pairs()]
    hits = [(same, pair) for same, pair, hit in found if hit]
    return {
        "pairs": len(found),
        "same": sum(same for same, *_ in found),
        "served": sum(same for same, _ in hits),
        "different": sum(not same for same, *_ in found),
        "wrong": [pair for same, pair in hits if not same],
        "missed": [pair for same, pair, hit in found if same and not hit],
    }


def main() -> None:
    print(json.dumps(judge(), indent=1))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    main()
