"""What a migration may do while processes of the release before go on: add. What takes something away says so.

A migration that contracts has `contracts = ("app", "0012_name")`: the migration of an earlier release with which the
code stopped using what goes now. Processes of releases before that one have to be stopped first.
"""

from __future__ import annotations

import re
from typing import Any

from django.db import connection, migrations
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

TAKES_AWAY = (
    migrations.RemoveField,
    migrations.DeleteModel,
    migrations.RenameField,
    migrations.RenameModel,
    migrations.AlterModelTable,
)
# Constraints of tables that there were, each looked at: a process of before writes nothing that they refuse.
LOOKED_AT = {
    "correction_by_a_later_revision",
    "one_correction_per_brief_and_revision",
    "one_turn_per_client_id",
}
CONSTRAINS = (migrations.AddConstraint, migrations.AlterUniqueTogether)
SQL = re.compile(
    r"\b(DROP\s+(TABLE|COLUMN)|RENAME|SET\s+NOT\s+NULL|ALTER\s+(COLUMN\s+)?(\w+|\"[^\"]+\")\s+(SET\s+DATA\s+)?TYPE)\b",
    re.IGNORECASE,
)
WIDTH = re.compile(r"varchar\((\d+)\)")


def problems(migration: Any, before: ProjectState, newest: ProjectState) -> list[str]:
    """Why processes of the release before could not go on with it; nothing for one that says that it contracts.

    `before` is the state that the migration finds, `newest` that of the last migration there is: what a later one of
    the same release mends is well.
    """
    contracts = getattr(migration, "contracts", None)
    found = []
    state = before.clone()
    made = {one.name.lower() for one in migration.operations if isinstance(one, migrations.CreateModel)}
    for operation in migration.operations:
        if isinstance(operation, migrations.SeparateDatabaseAndState):
            found.append(
                f"{migration}: the database goes another way than the models: no check can follow it"
            )
        elif not _on_one_of(made, operation):
            found += [
                f"{migration}: {words}" for words in _taken(operation, migration.app_label, state, newest)
            ]
        operation.state_forwards(migration.app_label, state)
    if contracts and not found:
        return [f"{migration}: says that it contracts, and takes nothing away"]
    if contracts and any(
        isinstance(one, (migrations.AddField, migrations.CreateModel)) for one in migration.operations
    ):
        return [f"{migration}: expands and contracts at once; that is two releases"]
    return [] if contracts else found


def _on_one_of(made: set[str], operation: Operation) -> bool:
    """Whether it adds to a table that this migration makes: nobody before knows it."""
    if isinstance(operation, migrations.AlterUniqueTogether):
        return operation.name_lower in made
    adds = (migrations.AddField, migrations.AddConstraint)
    return isinstance(operation, adds) and operation.model_name.lower() in made


def _taken(operation: Operation, app: str, state: ProjectState, newest: ProjectState) -> list[str]:
    if isinstance(operation, TAKES_AWAY):
        return [f"takes away what an earlier release uses ({operation.describe()})"]
    if isinstance(operation, migrations.AddConstraint) and operation.constraint.name in LOOKED_AT:
        return []
    if isinstance(operation, CONSTRAINS):
        return [f"refuses what an earlier release may write ({operation.describe()})"]
    if isinstance(operation, migrations.RunSQL):
        return [f"takes away by SQL: {sql[:80]}" for sql in _statements(operation.sql) if SQL.search(sql)]
    if isinstance(operation, migrations.AddField):
        return _demanded(operation, app, newest)
    if isinstance(operation, migrations.AlterField):
        return _narrowed(operation, app, state)
    return []


def _statements(sql: Any) -> list[str]:
    return [sql] if isinstance(sql, str) else [one if isinstance(one, str) else one[0] for one in sql]


def _demanded(operation: migrations.AddField, app: str, newest: ProjectState) -> list[str]:
    """A column that every insert has to name: processes of before do not know it."""
    model = newest.models.get((app, operation.model_name_lower))
    field = model.fields.get(operation.name) if model else None
    if field is None or field.null or field.has_db_default() or field.many_to_many or field.generated:
        return []
    return [
        f"{operation.model_name}.{operation.name} is demanded of every insert: give it a db_default, or let it be null"
    ]


def _narrowed(operation: migrations.AlterField, app: str, state: ProjectState) -> list[str]:
    old, new = state.models[app, operation.model_name_lower].fields[operation.name], operation.field
    if old.null and not new.null:
        return [f"{operation.model_name}.{operation.name} is null no longer"]
    # Keys of other tables have no type before their models are loaded, and keep the one they have.
    types = [one.db_type(connection) if not one.is_relation else None for one in (old, new)]
    if types[0] == types[1] or _wider(*types):
        return []
    return [f"{operation.model_name}.{operation.name} was {types[0]} and becomes {types[1]}"]


def _wider(old: str | None, new: str | None) -> bool:
    widths = [WIDTH.fullmatch(one or "") for one in (old, new)]
    if not widths[0]:
        return False
    return new == "text" or bool(widths[1] and int(widths[1][1]) >= int(widths[0][1]))
