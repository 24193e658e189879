"""What tests of the watching share: nothing is remembered from the test before."""

from __future__ import annotations

import pytest

from config import logs
from config.watch import broker, health, seen


@pytest.fixture(autouse=True)
def _looks_again() -> None:
    for one in (seen.lately, broker.lately, health.checked):
        one.forget()
    logs._secrets.cache_clear()
