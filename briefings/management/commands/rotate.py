"""`rotate`: after a new SECRET_KEY, encrypts by it what an earlier one did, and tells what still needs that one."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from briefings import secret
from briefings.share_models import PrivateFeed, Secret, Share
from users import rotation


class Command(BaseCommand):
    help = "Encrypt second factors by the present SECRET_KEY, and tell what still needs an earlier one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--revoke",
            action="store_true",
            help="an earlier key was stolen: end the shares and private feeds whose addresses it tells",
        )
        parser.add_argument("--json", action="store_true", help="print one JSON document")

    def handle(self, *args: object, revoke: bool, **options: Any) -> None:
        factors = rotation.renew()
        kinds: dict[str, type[Secret]] = {"shares": Share, "feeds": PrivateFeed}
        old = {name: _earlier(model) for name, model in kinds.items()}
        if revoke:
            for name, model in kinds.items():
                model._default_manager.filter(pk__in=old[name]).delete()
        result = {**asdict(factors), **{name: len(keys) for name, keys in old.items()}, "revoked": revoke}
        self.stdout.write(json.dumps(result, indent=2) if options["json"] else _words(result))
        if factors.unreadable:
            raise CommandError(
                f"{factors.unreadable} second factors are of a key that is not in SECRET_KEY_FALLBACKS: name it there"
                " and run this again, or remove them in the admin"
            )


def _earlier(model: type[Secret]) -> list[int]:
    """Addresses that are not made by the present key."""
    rows = model._default_manager.order_by("pk").values_list("pk", "nonce", "digest")
    return [pk for pk, nonce, kept in rows.iterator() if not secret.is_of(nonce, kept, settings.SECRET_KEY)]


def _words(result: dict[str, Any]) -> str:
    what = f"{result['shares']} shares and {result['feeds']} private feeds are of an earlier key"
    then = (
        "and are revoked"
        if result["revoked"]
        else "and go on; their owners see the address while that is a fall-back"
    )
    return f"{result['renewed']} second factors are encrypted by the present key; {what}, {then}."
