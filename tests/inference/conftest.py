"""The provider on loopback, configured as ours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from inference import ways
from inference.gateway import Ask
from tests.fakes.model_server import ModelServer


@pytest.fixture
def provider(settings: Any) -> Iterator[ModelServer]:
    with ModelServer() as server:
        settings.OPENAI_BASE_URL = server.url
        settings.OPENAI_API_KEY = "sk-test"
        yield server
    ways.forget()


@pytest.fixture
def ask() -> Ask:
    return Ask("brief", "brief:b1", "write", "You write briefs.", "OpenAI released GPT-5.", brief="b1")
