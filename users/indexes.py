"""Indexes of many tables in one migration, without stopping all of them until the last is built."""

from __future__ import annotations

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
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
