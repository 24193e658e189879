"""A squashed migration makes what those make that it stands for; a database with some of these goes on with them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from config.database import migrate_if_needed

pytestmark = pytest.mark.django_db(transaction=True)

# Columns in no order: one that came later stands last, and nothing asks for them by their place.
CATALOGUE = (
    """
    SELECT relname, relkind, relpersistence, attname, format_type(atttypid, atttypmod), attnotnull, attidentity,
        attgenerated, pg_get_expr(adbin, adrelid)
    FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
    LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
    WHERE relnamespace = 'public'::regnamespace AND attnum > 0 AND NOT attisdropped AND relkind IN ('r', 'S', 'v')
    """,
    "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'",
    """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace
    """,
    "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    """
    SELECT pg_get_functiondef(pg_proc.oid) FROM pg_proc
    WHERE pronamespace = 'public'::regnamespace AND prokind = 'f' AND NOT EXISTS (
        SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e'
    )
    """,
    "SELECT extname FROM pg_extension",
)


@pytest.mark.parametrize(
    "latest",
    [{"users": "0006", "inference": "0003", "ingest": "0010", "briefings": "0012"}, {"users": "0002"}],
    ids=["some of all", "some of what all rest on"],
)
def test_a_squashed_migration_makes_what_those_make_that_it_stands_for(latest: dict[str, str]) -> None:
    squashed = catalogue()
    assert sum("briefings_brief" in line for line in squashed) > 20
    with another_database():
        upto(latest)
        assert migrate_if_needed(), "what it has some of goes on one by one"
        assert catalogue() == squashed
        assert not missing()


def test_a_new_database_has_all_of_a_squashed_one_and_its_notes_or_nothing() -> None:
    squashed = MigrationLoader(None).replacements.values()
    with another_database():
        assert migrate_if_needed()
        with connection.cursor() as cursor:
            cursor.execute("SELECT app, name, xmin::text FROM django_migrations")
            by = {(app, name): transaction for app, name, transaction in cursor.fetchall()}
    assert len(squashed) == 4
    for one in squashed:  # `migrate` notes itself what is whole
        assert len({by[key] for key in one.replaces}) == 1


def test_in_a_database_that_an_older_release_has_whole_they_are_noted_once() -> None:
    names = list(MigrationLoader(None, replace_migrations=False).replacements)
    assert {app for app, _ in names} == {"users", "inference", "ingest", "briefings"}
    with connection.cursor() as cursor:
        for app, name in names:
            cursor.execute("DELETE FROM django_migrations WHERE app = %s AND name = %s", [app, name])
            assert cursor.rowcount == 1
    assert missing()
    with ThreadPoolExecutor(2) as threads:
        assert sum(threads.map(elsewhere, [migrate_if_needed] * 2)) >= 1
    assert not missing()
    assert not migrate_if_needed()
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations")
        noted = Counter(cursor.fetchall())
    assert {noted[name] for name in names} == {1}


def elsewhere(act: Callable[[], bool]) -> bool:
    try:
        return act()
    finally:
        connections.close_all()


def missing() -> set[tuple[str, str]]:
    """What `/health/ready` would miss."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations")
        return set(MigrationLoader(None).graph.leaf_nodes()) - set(cursor.fetchall())


def catalogue() -> set[str]:
    found = set()
    with connection.cursor() as cursor:
        for question in CATALOGUE:
            cursor.execute(question)
            found |= {re.sub(r"\s+", " ", " ".join(map(str, row))) for row in cursor.fetchall()}
    return found


def upto(latest: dict[str, str]) -> None:
    """Migrate as releases did that knew of no squashed ones, as far as that."""
    executor = MigrationExecutor(connection)
    executor.loader = MigrationLoader(connection, replace_migrations=False)
    wanted = [
        max(key for key in executor.loader.graph.nodes if key[0] == app and key[1].startswith(number))
        for app, number in latest.items()
    ]
    executor.migrate(wanted)
    with connection.cursor() as cursor:  # it has noted those that are whole by then
        cursor.execute("DELETE FROM django_migrations WHERE name LIKE '0001_squashed%'")


@contextmanager
def another_database() -> Iterator[None]:
    """An empty one, in which `connection` works meanwhile."""
    first: BaseDatabaseWrapper = connections["default"]
    name = f"{first.settings_dict['NAME']}_one_by_one"
    with first.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    other = first.copy()
    other.settings_dict["NAME"] = name
    connections["default"] = other
    try:
        yield
    finally:
        other.close()
        connections["default"] = first
        with first.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
