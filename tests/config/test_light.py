"""What every command loads before it begins, a short one too."""

from __future__ import annotations

import json
import os
import subprocess
import sys

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


def test_settings_and_models_load_neither_writer_nor_verifier_nor_staff_pages() -> None:
    asked = "import django, json, sys; django.setup(); print(json.dumps([*sys.modules]))"
    done = subprocess.run(
        [sys.executable, "-c", asked],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"},
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(json.loads(done.stdout))
    assert "briefings.models" in loaded
    assert loaded.isdisjoint(HEAVY)
