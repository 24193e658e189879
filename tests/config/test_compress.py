"""Text goes compressed, everything else as it is."""

from __future__ import annotations

import gzip

import pytest
from django.test import Client
from django.utils import timezone

from tests.briefings import factories, rows

pytestmark = pytest.mark.django_db


def test_pages_go_compressed_to_who_takes_that() -> None:
    ada = rows.reader("ada@bank.example")
    factories.edition_of_two(ada, timezone.now().date())
    client = Client()
    client.force_login(ada)
    plain = client.get("/today/")
    packed = client.get("/today/", headers={"accept-encoding": "gzip"})
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert len(packed.content) < len(plain.content) / 2
    assert b"OpenAI releases GPT-5" in gzip.decompress(packed.content)


def test_an_archive_is_not_compressed_again() -> None:
    client = Client(headers={"accept-encoding": "gzip"})
    client.force_login(rows.reader("ada@bank.example"))
    answer = client.post("/settings/export/")
    assert "Content-Encoding" not in answer.headers
    assert b"".join(answer.streaming_content)[:2] == b"PK"  # type: ignore[attr-defined]
