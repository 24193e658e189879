"""`manage.py evaluate` measures, and says what is wrong with the way it was asked."""

from __future__ import annotations

import gzip
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

TEXT = (
    "The company shipped its model on Friday after a year of work, and said that it costs half as much as before."
    " Analysts called the price a surprise; two customers told the newsroom that they would move at once."
)


def test_it_refuses_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no such folder") as caught:
        call_command("evaluate", "clusters", "--data", str(tmp_path / "nope"))
    assert caught.value.returncode == 2


def pages(folder: Path, expected: str, others: dict[str, str]) -> None:
    """A set of one page in scrapinghub's form, with what other extractors made of it."""
    (folder / "html").mkdir(parents=True)
    (folder / "output").mkdir()
    body = f"<html><body><article><h1>Head</h1><p>{TEXT}</p></article><nav><a href='/'>Home</a></nav></body></html>"
    (folder / "html" / "one.html.gz").write_bytes(gzip.compress(body.encode()))
    (folder / "ground-truth.json").write_text(json.dumps({"one": {"articleBody": expected}}))
    for name, text in others.items():
        told = json.dumps({"one": {"articleBody": text}} if text else {})
        (folder / "output" / f"{name}.json.gz").write_bytes(gzip.compress(told.encode()))


def extraction(folder: Path) -> dict[str, Any]:
    out = StringIO()
    call_command("evaluate", "extraction", "--data", str(folder), "--json", stdout=out)
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


def test_it_measures_extraction_in_shingles_beside_others(tmp_path: Path) -> None:
    words = TEXT.split()
    half = " ".join(words[: len(words) // 2])
    pages(tmp_path / "set", TEXT, {"half": half, "none": ""})
    told = extraction(tmp_path)
    assert (told["f1"], told["precision"], told["recall"], told["pages"]) == (1, 1, 1, 1)
    shingles, whole = len(half.split()) - 3, len(words) - 3
    assert told["baselines"]["half"]["precision"] == 1
    assert told["baselines"]["half"]["recall"] == round(shingles / whole, 4)
    assert set(told["baselines"]) == {"half"}
    assert told["windows"]["set"]["worst"][0]["name"] == "one"


def test_a_folder_without_pages_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(CommandError, match="no set of pages"):
        extraction(tmp_path)


@pytest.mark.corpus
def test_recorded_pages_are_read_better_than_by_others(corpus: Path) -> None:
    told = extraction(corpus / "pages")
    assert told["f1"] >= 0.96
    assert told["pages"] == 82
    assert max(other["f1"] for other in told["baselines"].values()) < told["f1"]
    assert told["windows"]["readability"]["precision"] >= 0.94
