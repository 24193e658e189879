"""The outside, misbehaving: a mail server, a provider, a disk of a few megabytes."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache

from inference import ways
from tests.briefings.model_answers import model
from tests.fakes.mail_server import MailServer, mail_server
from tests.fakes.model_server import ModelServer
from tests.processes import state_directory


@pytest.fixture
def provider(settings: Any) -> Iterator[ModelServer]:
    with ModelServer() as server:
        settings.OPENAI_BASE_URL, settings.OPENAI_API_KEY = server.url, "sk-test"
        server.reply = model()
        yield server
    ways.forget()


@pytest.fixture
def mail(settings: Any, tmp_path: Path) -> Iterator[MailServer]:
    settings.NUTGRAF_VAR = tmp_path
    with mail_server() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", int(server.url.rsplit(":", 1)[1])
        yield server


@pytest.fixture
def fresh_limits() -> None:
    cache.clear()


@pytest.fixture
def small_disk(request: pytest.FixtureRequest) -> Iterator[Path]:
    """A file system of so many megabytes (8 where the test names none), which only root can make."""
    size = getattr(request, "param", 8)
    with state_directory() as folder:
        disk = folder / "disk"
        disk.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", f"size={size}m,mode=755", "none", str(disk)]
        if subprocess.run(command, check=False).returncode != 0:
            pytest.skip("cannot mount a small file system here: not root, or not allowed")
        try:
            yield disk
        finally:
            subprocess.run(["umount", "-l", str(disk)], check=True)
