"""The provider on loopback, which answers truly until told otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from inference import ways
from tests.briefings.model_answers import model
from tests.fakes.model_server import ModelServer


@pytest.fixture
def provider(settings: Any) -> Iterator[ModelServer]:
    with ModelServer() as server:
        settings.OPENAI_BASE_URL = server.url
        settings.OPENAI_API_KEY = "sk-test"
        server.reply = model()
        yield server
    ways.forget()
