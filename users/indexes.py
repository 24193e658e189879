"""What our migrations do otherwise than Django's."""

from __future__ import annotations

from typing import Any

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


class AddIndexAlone(migrations.AddIndex):
    """For migrations with `atomic = False`: each table's writers wait for its own index, and for no other.

    What a run made before it died is kept. Not built concurrently: that waits for whoever waits for our migration lock.
    """

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        with schema_editor.connection.cursor() as cursor:
            cursor.execute("SELECT to_regclass(%s)", [f"public.{self.index.name}"])
            if cursor.fetchone()[0]:
                return
        super().database_forwards(app_label, schema_editor, from_state, to_state)


class SettleAll(Operation):
    """The last of a squashed migration: makes now what Django puts off until a migration's end.

    Where something is put off, Django notes the migrations that a squashed one stands for after its transaction, one by
    one. Killed between two notes, `migrate` would make by the old ones what is there already, at every start.
    """

    reduces_to_sql = False

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        pass

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        for statement in schema_editor.deferred_sql:
            schema_editor.execute(statement)
        schema_editor.deferred_sql.clear()

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        pass

    def describe(self) -> str:
        return "Make what was put off"
