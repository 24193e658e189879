"""How often the extractive answerer answers right, keeps silent, or answers beside the point.

.venv/bin/python bench/answers.py [--show]        prints JSON; needs no database and no model

The questions are our own (`bench/questions.tsv`), about articles of the bundled sample.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from collections import Counter
from html import unescape
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
QUESTIONS = Path(__file__).with_name("questions.tsv")
SILENT = "-"


def questions() -> list[tuple[str, str, str]]:
    """How the title begins, the question, and what a right answer has in it."""
    lines = QUESTIONS.read_text(encoding="utf-8").splitlines()
    return [tuple(line.split("\t")) for line in lines if not line.startswith("#")]  # type: ignore[misc]


def judge() -> dict[str, Any]:
    """Counts of what an article answers (`right`, `beside`, `silent`) and of what it does not (`silent`, `beside`)."""
    from briefings.converse.extractive import answer_from
    from briefings.converse.find import hits, sentences_of
    from briefings.converse.question import read
    from tests.briefings.stories import article, story
    from tests.fakes.newspaper import reports

    told = {}
    for one in (*reports("docket"), *reports("labnotes")):
        paragraphs = [
            unescape(re.sub(r"<[^>]+>", "", each)) for each in re.findall(r"<p>(.*?)</p>", one.body, re.S)
        ]
        told[one.title] = sentences_of(story(article(1, one.title, *paragraphs)), one.title)
    told_by: dict[str, Counter[str]] = {"answerable": Counter(), "unanswerable": Counter()}
    seen = []
    for title, question, wanted in questions():
        known = next(sentences for head, sentences in told.items() if head.startswith(title))
        found = " ".join(one.text for one in answer_from(known, hits(read(question), None, known, None)))
        right = wanted != SILENT and wanted in found
        kind = "right" if right else "beside" if found else "silent"
        told_by["unanswerable" if wanted == SILENT else "answerable"][kind] += 1
        if kind == "beside" or (kind == "silent" and wanted != SILENT):
            seen.append(f"{kind}: {question} -> {found or wanted}")
    return {name: dict(sorted(counts.items())) for name, counts in told_by.items()} | {"seen": seen}


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--show", action="store_true", help="print on stderr what was not answered right")
    chosen = arguments.parse_args()
    result = judge()
    seen = result.pop("seen")
    if chosen.show:
        print(*seen, sep="\n", file=sys.stderr)
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    main()
