"""Text goes compressed, everything else as it is."""

from __future__ import annotations

import gzip

import pytest
from django.test import Client
from django.utils import timezone

from briefings import share
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


def test_a_page_with_a_secret_address_beside_text_of_anybodys_choice_goes_as_it_is() -> None:
    ada = rows.reader("ada@bank.example")
    brief = factories.edition_of_two(ada, timezone.now().date()).items.get(rank=1).brief
    share.make(ada, brief.pk)
    client = Client(headers={"accept-encoding": "gzip"})
    client.force_login(ada)
    page = client.get(f"/brief/{brief.pk}/?ask=/s/guess")
    assert share.mine(ada)[0].url in page.content.decode()
    assert "Content-Encoding" not in page.headers
    assert client.get(f"/brief/{brief.pk}/").headers["Content-Encoding"] == "gzip"


def test_an_archive_is_not_compressed_again() -> None:
    client = Client(headers={"accept-encoding": "gzip"})
    client.force_login(rows.reader("ada@bank.example"))
    answer = client.post("/settings/export/")
    assert "Content-Encoding" not in answer.headers
    assert b"".join(answer.streaming_content)[:2] == b"PK"  # type: ignore[attr-defined]
