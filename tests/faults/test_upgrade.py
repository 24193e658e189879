"""F49: workers of the release before go on while the database is already the new one's.

Django remembers the models as each migration left them: with those, as an old process has them, the newest schema is
read, and its tables' demands are looked at. A column that goes, or that every insert must now name, would stop them.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, models
from django.db.migrations.loader import MigrationLoader

pytestmark = pytest.mark.django_db
OURS = ("users", "inference", "ingest", "briefings")
LOADER = MigrationLoader(None, replace_migrations=False)  # from the files, without a database; none squashed
# The first release that anybody can have had is what the second migration of each package completed. A migration that
# contracts (tests/expand_contract.py) names the first release that goes on with it.
GO_ON = {
    key[0]: one.contracts for key, one in sorted(LOADER.disk_migrations.items()) if hasattr(one, "contracts")
}
RELEASES = sorted(
    key
    for key in LOADER.graph.nodes
    if key[0] in OURS and int(key[1][:4]) >= 2 and key >= GO_ON.get(key[0], ("", ""))
)


def old_models(key: tuple[str, str]) -> list[Any]:
    """The package's models as that migration left them."""
    apps = LOADER.project_state(key).apps
    return [model for model in apps.get_models() if model._meta.app_label == key[0]]


def demanded(table: str) -> set[str]:
    """The columns that an insert has to name."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND is_nullable = 'NO' "
            "AND column_default IS NULL AND is_identity = 'NO' AND is_generated = 'NEVER'",
            [table],
        )
        return {name for (name,) in cursor.fetchall()}


@pytest.mark.parametrize("key", RELEASES, ids=["/".join(key) for key in RELEASES])
def test_a_process_of_before_reads_and_writes_what_an_upgrade_made_of_its_tables(
    key: tuple[str, str],
) -> None:
    for model in old_models(key):
        assert list(model.objects.all()[:1]) == []  # names every column it knows
        known = {field.column for field in model._meta.local_fields}
        assert demanded(model._meta.db_table) <= known, model


def test_a_row_of_a_process_of_before_is_stored(transactional_db: None) -> None:
    """A call that knows of no pauses, and a lens that knows of no work key."""
    call = LOADER.project_state(("inference", "0002_initial")).apps.get_model("inference", "Call")
    call.objects.create(
        work_key="brief:b1", step="write", number=1, purpose="brief", provider="p", model="m", hold=5
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT ask_again_at FROM inference_call")
        assert cursor.fetchall() == [(None,)]
    assert isinstance(call._meta.get_field("hold"), models.BigIntegerField)
