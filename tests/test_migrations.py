"""A release only adds to the schema: processes of the release before go on with it (docs/deploying.md, "Upgrading")."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ModelState, ProjectState

from tests.expand_contract import problems
from users.indexes import AddIndexAlone

OURS = ("users", "inference", "ingest", "briefings", "watch")
# One by one, also where a squashed one stands for many.
LOADER = MigrationLoader(None, replace_migrations=False)
NEWEST = MigrationLoader(None).project_state()
# What the first release that anybody can have had begins with, nobody had before.
ADDED = sorted(key for key in LOADER.graph.nodes if key[0] in OURS and int(key[1][:4]) > 2)

EARLIER = {("briefings", "0015_changes")}  # which builds several at once


@pytest.mark.parametrize("key", ADDED, ids=["/".join(key) for key in ADDED])
def test_it_takes_nothing_away_that_the_release_before_uses(key: tuple[str, str]) -> None:
    migration = LOADER.get_migration(*key)
    assert problems(migration, LOADER.project_state(key, at_end=False), NEWEST) == []
    if stopped := getattr(migration, "contracts", None):
        assert tuple(stopped) in LOADER.graph.nodes
        assert tuple(stopped) < key, "what goes was out of use one release earlier"


@pytest.mark.parametrize("key", ADDED, ids=["/".join(key) for key in ADDED])
def test_no_table_waits_for_the_index_of_another(key: tuple[str, str]) -> None:
    """Whoever writes to it would, until the last one is built."""
    migration = LOADER.get_migration(*key)
    made = {one.name_lower for one in migration.operations if isinstance(one, migrations.CreateModel)}
    indexes = [one for one in migration.operations if isinstance(one, migrations.AddIndex)]
    if len({one.model_name_lower for one in indexes} - made) > 1 and key not in EARLIER:
        assert not migration.atomic
        assert all(isinstance(one, AddIndexAlone) for one in indexes)


@pytest.mark.django_db(transaction=True)
def test_an_upgrade_that_died_between_two_indexes_goes_on() -> None:
    key = ("ingest", "0012_watched")
    migration, before = LOADER.get_migration(*key), LOADER.project_state(key, at_end=False)
    with connection.schema_editor(atomic=False) as editor:
        migration.unapply(before, editor)
        with connection.cursor() as cursor:
            cursor.execute("CREATE INDEX article_resting ON ingest_article (id)")
        migration.apply(LOADER.project_state(key, at_end=False), editor)
        with connection.cursor() as cursor:
            cursor.execute("SELECT to_regclass('source_checked') IS NOT NULL")
            assert cursor.fetchone()[0]
            cursor.execute("DROP INDEX article_resting")
        LOADER.get_migration(*key).operations[0].database_forwards(
            "ingest", editor, LOADER.project_state(key, at_end=False), LOADER.project_state(key)
        )


def before() -> ProjectState:
    state = ProjectState()
    fields = {
        "id": models.BigAutoField(primary_key=True),
        "title": models.CharField(max_length=20),
        "note": models.TextField(null=True),
    }
    state.add_model(ModelState("ingest", "Thing", list(fields.items())))
    return state


def judged(*operations: Any, contracts: tuple[str, str] | None = None) -> list[str]:
    migration = migrations.Migration("0099_made_up", "ingest")
    migration.operations = list(operations)
    if contracts:
        migration.contracts = contracts  # type: ignore[attr-defined]
    newest = before()
    for operation in operations:
        operation.state_forwards("ingest", newest)
    return problems(migration, before(), newest)


@pytest.mark.parametrize(
    ("operation", "said"),
    [
        (migrations.RemoveField("thing", "note"), "takes away"),
        (migrations.DeleteModel("Thing"), "takes away"),
        (migrations.RenameField("thing", "note", "remark"), "takes away"),
        (migrations.RenameModel("Thing", "Object"), "takes away"),
        (migrations.AlterModelTable("thing", "things"), "takes away"),
        (migrations.AddField("thing", "more", models.TextField(default="")), "demanded of every insert"),
        (migrations.AlterField("thing", "note", models.TextField(default="")), "null no longer"),
        (migrations.AlterField("thing", "title", models.CharField(max_length=10)), "varchar(20)"),
        (migrations.AlterField("thing", "title", models.IntegerField()), "integer"),
        (migrations.RunSQL("ALTER TABLE ingest_thing DROP COLUMN note"), "by SQL"),
        (migrations.RunSQL(["ALTER TABLE ingest_thing ALTER note SET NOT NULL"]), "by SQL"),
        (migrations.RunSQL('ALTER TABLE ingest_thing ALTER COLUMN "title" TYPE integer USING 1'), "by SQL"),
        (migrations.RunSQL("ALTER TABLE ingest_thing ALTER title SET DATA TYPE varchar(5)"), "by SQL"),
        (migrations.AlterUniqueTogether("thing", {("title", "note")}), "may write"),
        (
            migrations.AddConstraint("thing", models.UniqueConstraint(fields=["title"], name="one")),
            "may write",
        ),
        (migrations.SeparateDatabaseAndState(), "no check"),
    ],
)
def test_the_check_finds_what_would_stop_a_process_of_before(operation: Any, said: str) -> None:
    (found,) = judged(operation)
    assert said in found


@pytest.mark.parametrize(
    "operation",
    [
        migrations.AddField("thing", "more", models.TextField(null=True)),
        migrations.AddField("thing", "more", models.TextField(db_default="")),
        migrations.AlterField("thing", "title", models.CharField(max_length=40)),
        migrations.AlterField("thing", "title", models.TextField()),
        migrations.RunSQL("UPDATE ingest_thing SET note = ''"),
        migrations.CreateModel("Other", [("id", models.BigAutoField(primary_key=True))]),
    ],
)
def test_what_only_adds_is_well(operation: Any) -> None:
    assert judged(operation) == []


def test_what_contracts_says_so_and_does_nothing_else() -> None:
    gone, more = (
        migrations.RemoveField("thing", "note"),
        migrations.AddField("thing", "more", models.TextField(null=True)),
    )
    earlier = ("ingest", "0011_forgotten")
    assert judged(gone, contracts=earlier) == []
    assert "two releases" in judged(gone, more, contracts=earlier)[0]
    assert "takes nothing away" in judged(more, contracts=earlier)[0]
