#!/usr/bin/env python
"""Nutgraf's commands; `manage.py help` lists them."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

# These neither read nor write data, so they start no server.
WITHOUT_DATA = {
    "check",
    "help",
    "makemigrations",
    "collectstatic",
    "makemessages",
    "compilemessages",
    "version",
}
# These bring, make or only copy a database state.
WITHOUT_MIGRATING = WITHOUT_DATA | {
    "up",
    "migrate",
    "dbshell",
    "test",
    "flush",
    "backup",
    "restore",
    "sqlmigrate",
    "showmigrations",
}


def main(arguments: list[str]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    for number in (signal.SIGTERM, signal.SIGHUP):
        # An ordinary exit, so that whatever we started is stopped on the way out.
        signal.signal(number, lambda number, frame: sys.exit(128 + number))
    command = arguments[1] if len(arguments) > 1 else "help"
    asks_only = {"--help", "-h", "--version"} & set(arguments)
    needs_data = command not in WITHOUT_DATA and not command.startswith("-") and not asks_only
    if needs_data:
        _start_database()
    import django
    from django.core.management import execute_from_command_line, get_commands

    django.setup()
    if not command.startswith("-") and command not in {"help", "version", *get_commands()}:
        print(f"nutgraf: unknown command {command!r}; `manage.py help` lists all", file=sys.stderr)
        raise SystemExit(2)
    if needs_data:
        _ready_database(migrate=command not in WITHOUT_MIGRATING)
    execute_from_command_line(arguments)
    if command == "migrate" and not asks_only | ({"--plan", "--check"} & set(arguments)):
        _ready_queue()


def _ready_queue() -> None:
    """Where workers are started by themselves, nobody else brings the queue's schema."""
    from config.database import Unusable, install_queue

    try:
        install_queue()
    except Unusable as error:
        print(f"nutgraf: {error}", file=sys.stderr)
        raise SystemExit(1) from None


def _ready_database(migrate: bool) -> None:
    from config.database import HALF, Unusable, half_restored, migrate_if_needed, refuse_unusable

    try:
        refuse_unusable()
        if migrate and half_restored():
            raise Unusable(HALF)
    except Unusable as error:
        print(f"nutgraf: {error}", file=sys.stderr)
        raise SystemExit(1) from None
    if migrate:
        migrate_if_needed()


def _start_database() -> None:
    from config.embedded import CannotStart, ensure_database
    from config.environment import refuse_bad_files

    refuse_bad_files()
    here = Path(__file__).resolve().parent
    try:
        ensure_database(Path(os.environ.get("NUTGRAF_VAR") or here / "var").absolute())
    except CannotStart as error:
        print(f"nutgraf: {error}", file=sys.stderr)
        raise SystemExit(1) from None


def run(arguments: list[str]) -> None:
    """`main`, with one line in place of a traceback for what a person can type or press."""
    try:
        "".join(arguments).encode()
        main(arguments)
    except UnicodeEncodeError:
        print("nutgraf: an argument is not valid UTF-8", file=sys.stderr)
        raise SystemExit(2) from None
    except OverflowError as error:
        print(f"nutgraf: an argument is out of range: {error}", file=sys.stderr)
        raise SystemExit(2) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None


if __name__ == "__main__":
    run(sys.argv)
