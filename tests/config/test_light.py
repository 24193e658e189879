"""What every command loads before it begins, a short one too, and what beat does."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.processes import PROJECT

HEAVY = (
    "briefings.verify",
    "briefings.write",
    "briefings.admin",
    "genai_prices",
    "openai",
    "numpy",
    "granian",
)


BEGIN = {
    "a command": "import django; django.setup()",
    "beat": "from config.celery import app; app.Beat().init_loader()",
}


@pytest.mark.parametrize("begin", BEGIN.values(), ids=BEGIN.keys())
def test_it_begins_with_neither_writer_nor_verifier_nor_staff_pages(begin: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", f"{begin}; import json, sys; print(json.dumps([*sys.modules]))"],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"},
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(json.loads(done.stdout))
    assert "briefings.models" in loaded
    assert loaded.isdisjoint({"briefings.tasks", "config.urls", *HEAVY})
