"""Reads and judges environment variables: each parser returns a good value or says what is allowed."""

from __future__ import annotations

import ipaddress
import sys
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn
from urllib.parse import parse_qsl, unquote, urlsplit

import dj_database_url
from environs import FileAwareEnv
from environs.exceptions import EnvValidationError
from marshmallow import ValidationError

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

BROKERS = ("pgmq", "redis", "rediss", "amqp", "amqps", "memory")
MAIL = ("smtp", "smtps", "smtp+tls", "console")
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
TRUE, FALSE = ("1", "true", "yes", "on"), ("0", "false", "no", "off")

env = FileAwareEnv(eager=False)


def _refuse(value: object, allowed: str) -> ValidationError:
    return ValidationError(f"{value!r} is not allowed; allowed: {allowed}")


@env.parser_for("flag")
def flag(value: str) -> bool:
    if value.strip().lower() in TRUE:
        return True
    if value.strip().lower() in FALSE:
        return False
    raise _refuse(value, "true or false")


@env.parser_for("line")
def line(value: str) -> str:
    """One line of text; the newline at the end of a secret's file is not part of it."""
    stripped = value.strip()
    if any(ord(char) < 32 for char in stripped):
        raise _refuse(value, "one line without control characters")
    return stripped


@env.parser_for("verbosity")
def log_level(value: str) -> str:
    if value.strip().upper() not in LEVELS:
        raise _refuse(value, ", ".join(LEVELS))
    return value.strip().upper()


@env.parser_for("dollars")
def dollars(value: str) -> Decimal:
    try:
        amount = Decimal(value.strip())
    except InvalidOperation:
        raise _refuse(value, "an amount of US dollars such as 1.50") from None
    if not amount.is_finite() or amount < 0 or amount > 1_000_000:
        raise _refuse(value, "an amount of US dollars from 0 to 1000000")
    return amount


@env.parser_for("networks")
def networks(value: str) -> list[Network]:
    try:
        return [ipaddress.ip_network(part.strip()) for part in value.split(",") if part.strip()]
    except ValueError:
        raise _refuse(value, "networks such as 127.0.0.0/8, separated by commas") from None


@env.parser_for("hosts")
def hosts(value: str) -> list[str]:
    return [part.strip() for part in value.split(",") if part.strip()]


@env.parser_for("web_address")
def web_address(value: str) -> str:
    parts = urlsplit(value.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise _refuse(value, "an http or https address")
    return value.strip().rstrip("/")


@env.parser_for("database")
def database(value: str) -> dict[str, Any] | None:
    if not value.strip():
        return None
    if urlsplit(value).scheme not in ("postgres", "postgresql"):
        raise _refuse(_without_password(value), "a postgresql:// address of a Postgres with pgvector")
    try:
        return dict(dj_database_url.parse(value))
    except (ValueError, KeyError):
        raise _refuse(
            _without_password(value), "a postgresql:// address of a Postgres with pgvector"
        ) from None


@env.parser_for("broker")
def broker(value: str) -> str:
    if value.strip() and urlsplit(value.strip()).scheme not in BROKERS:
        raise _refuse(_without_password(value), "redis://, amqp:// or pgmq:// addresses")
    return value.strip()


@env.parser_for("mail")
def mail(value: str) -> dict[str, Any] | None:
    """Django's mail settings from smtp://user:password@host:port, smtp+tls:// or smtps://."""
    if not value.strip():
        return None
    parts = urlsplit(value.strip())
    if parts.scheme not in MAIL or (parts.scheme != "console" and not parts.hostname):
        raise _refuse(_without_password(value), "smtp://, smtp+tls:// or smtps:// addresses")
    if parts.scheme == "console":
        return {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}
    options = dict(parse_qsl(parts.query))
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or {"smtp": 25, "smtp+tls": 587, "smtps": 465}[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "DEFAULT_FROM_EMAIL": options.get("from", "Nutgraf <nutgraf@localhost>"),
    }


def _without_password(value: str) -> str:
    """The address as it may be shown in an error: its password never is."""
    parts = urlsplit(value)
    return value.replace(f":{parts.password}@", ":***@") if parts.password else value


def seal_or_exit() -> None:
    """Stop with exit status 2 and one line for each bad variable."""
    try:
        env.seal()
    except EnvValidationError as error:
        problems = (
            error.error_messages if isinstance(error.error_messages, Mapping) else {"settings": [str(error)]}
        )
        stop("\n".join(f"nutgraf: {name}: {'; '.join(texts)}" for name, texts in problems.items()))


def stop(text: str) -> NoReturn:
    """Print one clear line on stderr and exit with status 2."""
    print(text, file=sys.stderr)
    raise SystemExit(2)
