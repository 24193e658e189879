"""Fixtures that every test may use."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.test import TransactionTestCase
from psycopg.errors import DeadlockDetected
from whitenoise.middleware import WhiteNoiseMiddleware  # type: ignore[import-untyped]

PROJECT = Path(__file__).resolve().parent.parent
TRIES = 5  # to empty the tables after a test


# Beside what docs/reliability.md names: whatever is written to provoke faults.
FAULTS = re.compile(r"tests/(faults/|chaos/|test_kill|test_chaos)")
NAMED = re.compile(r"`(tests/[\w/.]+(?:::\w+)?)`")


@pytest.hookimpl(tryfirst=True)  # before a choice by marks is made
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that start processes or a browser go first: side by side, the longest may not be the last begun."""
    named = set(NAMED.findall((PROJECT / "docs" / "reliability.md").read_text(encoding="utf-8")))
    for item in items:
        test = item.nodeid.partition("[")[0]
        if FAULTS.match(test) or test in named or test.partition("::")[0] in named:
            item.add_marker(pytest.mark.faults)
    items.sort(
        key=lambda item: (not item.get_closest_marker("processes"), not item.get_closest_marker("browser"))
    )


@pytest.fixture(scope="session", autouse=True)
def static_files_are_found_once() -> Iterator[None]:
    """Each client of a test is a whole application, which would look for its static files anew."""
    looked: dict[tuple[str, Any], dict[str, Any]] = {}
    look = WhiteNoiseMiddleware.add_files_from_finders

    def found(middleware: Any) -> None:
        settings = (middleware.static_prefix, middleware.max_age)
        if settings not in looked:
            look(middleware)
            looked[settings] = dict(middleware.files)
        middleware.files.update(looked[settings])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoiseMiddleware, "add_files_from_finders", found)
        yield


@pytest.fixture(scope="session", autouse=True)
def permissions_stay() -> Iterator[None]:
    """After a test that commits, every table is emptied but those whose rows Django would only write again.

    The cache too, which is no model's: what is left of an address there counts and expires in tests hours later.
    """

    def emptied(test: TransactionTestCase) -> None:
        tables = set(connection.introspection.django_table_names(only_existing=True, include_views=False))
        kept, caches = {"auth_permission", "django_content_type"}, {settings.CACHES["default"]["LOCATION"]}
        names = ", ".join(connection.ops.quote_name(name) for name in sorted(tables - kept | caches))
        for left in reversed(range(TRIES)):
            try:
                with connection.cursor() as cursor:
                    cursor.execute(f"TRUNCATE {names}")
                return
            except OperationalError as error:
                # A page may still be on its way that the browser asked for and has left: one of the two must give in.
                if not left or not isinstance(error.__cause__, DeadlockDetected):
                    raise

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", emptied)
        yield


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of recorded feeds, or a skip that says where it was looked for."""
    folder = Path(os.environ.get("NUTGRAF_CORPUS") or PROJECT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"no recorded feeds at {folder}; set NUTGRAF_CORPUS")
    return folder
