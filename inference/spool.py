"""Bills that arrived while the ledger's database was away: files beside it, posted once it is back."""

from __future__ import annotations

import json
import logging
import os
from dataclasses import asdict
from pathlib import Path

from django.conf import settings

from inference import ledger
from inference.errors import LedgerDown
from inference.evidence import Evidence, storable
from inference.ledger import Bill
from inference.tokens import Tokens

log = logging.getLogger(__name__)


def post(call: int, bill: Bill) -> None:
    """Settle, at the second try with a new connection; else keep the bill on disk and raise LedgerDown."""
    try:
        ledger.settle(call, bill)
    except LedgerDown:
        try:
            ledger.settle(call, bill)
        except LedgerDown:
            _keep(call, bill)
            raise


def drain() -> int:
    """Post what waits; how many bills that were. A bill posted twice changes nothing. Raises LedgerDown."""
    posted = 0
    for path in sorted(_folder().glob("*.json")):
        try:
            call, bill = _read(path)
        except (ValueError, KeyError, TypeError) as error:
            log.error("unreadable bill %s, left where it is: %s", path, error)
            continue
        posted += ledger.settle(call, bill)
        path.unlink(missing_ok=True)
    return posted


def _folder() -> Path:
    return Path(settings.NUTGRAF_VAR) / "unposted-bills"


def _keep(call: int, bill: Bill) -> None:
    path = _folder() / f"{call}.json"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".partial")
        with partial.open("w") as file:
            json.dump({"call": call, "bill": storable(_plain(bill))}, file)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except OSError as error:
        # The call stays `sent`; the sweep makes it unknown and its hold keeps counting.
        log.error("the bill of call %s (%s nano-dollars) is lost: %s", call, bill.cost, error)


def _plain(bill: Bill) -> dict[str, object]:
    return {**asdict(bill), "prices": list(bill.prices)}


def _read(path: Path) -> tuple[int, Bill]:
    kept = json.loads(path.read_text())
    values = kept["bill"]
    evidence = Evidence(**{**values["evidence"], "flags": tuple(values["evidence"]["flags"])})
    bill = Bill(values["cost"], Tokens(**values["tokens"]), tuple(values["prices"]), evidence)
    return kept["call"], bill
