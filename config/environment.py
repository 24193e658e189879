"""Reads and judges environment variables: each parser returns a good value or says what is allowed."""

from __future__ import annotations

import base64
import ipaddress
import json
import os
import re
import sys
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

import dj_database_url
from django.core.exceptions import ValidationError as DjangoValidationError
from django.core.validators import validate_email
from environs import FileAwareEnv
from environs.exceptions import EnvValidationError
from marshmallow import ValidationError

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

BROKERS = ("pgmq", "redis", "rediss", "amqp", "amqps", "memory")
QUEUE_TYPES = ("classic", "quorum")
MAIL = {"smtp": 25, "smtp+tls": 587, "smtps": 465}  # and their usual ports
# Providers by how their reports are proved: with a signature, or with a password in the address they are sent to.
SIGNED = ("mailgun", "mailersend", "mandrill")
BY_PASSWORD = ("postmark", "brevo", "mailjet", "sparkpost", "sendgrid")
SECRETS = (
    "NUTGRAF_MAIL_REPORTS",
    "NUTGRAF_METRICS_TOKEN",
    "NUTGRAF_PUSH_KEY",
    "SECRET_KEY",
    "SECRET_KEY_FALLBACKS",
    "DATABASE_URL",
    "CELERY_BROKER_URL",
    "OPENAI_API_KEY",
    "OPENAI_ADMIN_KEY",
    "EMAIL_URL",
    "NUTGRAF_SOCIAL",
)
OWN_VARIABLES = (
    ("service", "day"),
    ("service", "month"),
    ("reader", "month"),
)  # these budgets have their own
LEAST_DAYS = 60  # how far back `ingest.score` looks for what was told before
TIERS = ("auto", "flex", "standard")
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
FORMATS = ("line", "json")
P256 = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # the order of the curve
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


@env.parser_for("embedder")
def embedder(value: str) -> str:
    """`lexical`, `local:` and a model, or a model of the endpoint; it has to fit beside its vectors' length."""
    name = line(value) or "lexical"
    if name == "local:" or len(name) > 70:
        raise _refuse(
            name, "lexical, local:MODEL or an embedding model of the endpoint, at most 70 characters"
        )
    return str(name)


@env.parser_for("background_tier")
def background_tier(value: str) -> str:
    if value.strip().lower() not in TIERS:
        raise _refuse(value, ", ".join(TIERS))
    return value.strip().lower()


@env.parser_for("verbosity")
def log_level(value: str) -> str:
    if value.strip().upper() not in LEVELS:
        raise _refuse(value, ", ".join(LEVELS))
    return value.strip().upper()


@env.parser_for("log_format")
def log_format(value: str) -> str:
    if value.strip().lower() not in FORMATS:
        raise _refuse(value, ", ".join(FORMATS))
    return value.strip().lower()


@env.parser_for("token")
def token(value: str) -> str:
    """A key that opens something of ours: too long to be guessed."""
    word = str(secret_word(value))
    if word and len(word) < 20:
        raise ValidationError("its value is not allowed; allowed: at least 20 characters without blanks")
    return word


@env.parser_for("push_key")
def push_key(value: str) -> str:
    """The private key that pushes are signed by, in base64url: 32 bytes, given as that or in hexadecimal digits."""
    bare = value.strip().rstrip("=")
    if re.fullmatch(r"[0-9a-fA-F]{64}", bare):
        bare = base64.urlsafe_b64encode(bytes.fromhex(bare)).decode().rstrip("=")
    if bare and not (re.fullmatch(r"[A-Za-z0-9_-]{43}", bare) and _is_on_p256(bare)):
        raise ValidationError(
            "its value is not allowed; allowed: 32 random bytes, in base64url or hexadecimal digits"
        )
    return bare


def _is_on_p256(bare: str) -> bool:
    """Whether it is a private key of the curve, as all but one in four billion numbers are."""
    return 0 < int.from_bytes(base64.urlsafe_b64decode(bare + "=")) < P256


@env.parser_for("addresses")
def addresses(value: str) -> list[str]:
    found: list[str] = names(value)
    try:
        for address in found:
            validate_email(address)
    except DjangoValidationError:
        raise _refuse(value, "mail addresses separated by commas") from None
    return found


@env.parser_for("spans")
def spans(value: str) -> str:
    """Where OpenTelemetry's spans are sent; needs the packages of requirements-otel.in."""
    address = str(web_address(value))
    if address and not all(
        map(_is_installed, ("opentelemetry.sdk", "opentelemetry.exporter.otlp.proto.http"))
    ):
        raise _refuse(_without_password(value), "nothing while requirements-otel.in is not installed")
    return address


def _is_installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # not even the package it would be in
        return False


@env.parser_for("dollars")
def dollars(value: str) -> Decimal:
    try:
        amount = Decimal(value.strip())
    except InvalidOperation:
        raise _refuse(value, "an amount of US dollars such as 1.50") from None
    if not amount.is_finite() or amount < 0 or amount > 1_000_000:
        raise _refuse(value, "an amount of US dollars from 0 to 1000000")
    return amount


@env.parser_for("limits")
def limits(value: str) -> dict[tuple[str, str], Decimal]:
    """Further budgets such as `converse/day=0.20, reader/day=0.05`: dollars by purpose (or `reader`) and span."""
    found: dict[tuple[str, str], Decimal] = {}
    for part in names(value):
        match = re.fullmatch(r"([a-z_]+)/(day|month)=([\d.]+)", part)
        key = (match[1], match[2]) if match else ("", "")
        if match is None or key in found or key in OWN_VARIABLES:
            raise _refuse(
                value, "each once, a purpose or reader/day, such as converse/day=0.20, reader/day=0.05"
            )
        found[key] = dollars(match[3])
    return found


@env.parser_for("networks")
def networks(value: str) -> list[Network]:
    try:
        return [ipaddress.ip_network(part.strip()) for part in value.split(",") if part.strip()]
    except ValueError:
        raise _refuse(value, "networks such as 127.0.0.0/8, separated by commas") from None


@env.parser_for("names")
def names(value: str) -> list[str]:
    return [part.strip() for part in value.split(",") if part.strip()]


@env.parser_for("hosts")
def hosts(value: str) -> list[str]:
    found: list[str] = names(value)
    if any("/" in host for host in found):
        raise _refuse(value, "host names separated by commas, without http://")
    return found


@env.parser_for("count")
def count(value: str) -> int:
    if not value.strip().isdigit() or int(value) > 100:
        raise _refuse(value, "a number from 0 to 100")
    return int(value)


@env.parser_for("days")
def days(value: str) -> int:
    """Days that news is kept; 0 for ever. What is newer than LEAST_DAYS is still compared with what arrives."""
    if not value.strip().isdigit() or not (int(value) == 0 or LEAST_DAYS <= int(value) <= 36500):
        raise _refuse(value, f"0, or a number of days from {LEAST_DAYS} to 36500")
    return int(value)


@env.parser_for("hours")
def hours(value: str) -> int:
    if not value.strip().isdigit() or not 1 <= int(value) <= 168:
        raise _refuse(value, "a number of hours from 1 to 168")
    return int(value)


@env.parser_for("web_address")
def web_address(value: str) -> str:
    """An address without its last slash; empty where none is given."""
    if value.strip():
        _parts(value, "an http or https address", ("http", "https"))
    return value.strip().rstrip("/")


@env.parser_for("secret_word")
def secret_word(value: str) -> str:
    """A key as it travels in a header: printable ASCII without blanks."""
    if not all(33 <= ord(char) <= 126 for char in value.strip()):
        raise ValidationError("its value is not allowed; allowed: printable ASCII characters without blanks")
    return value.strip()


@env.parser_for("database")
def database(value: str) -> dict[str, Any] | None:
    if not value.strip():
        return None
    allowed = "a postgresql:// address of a Postgres with pgvector"
    if urlsplit_or_none(value) is None or value.partition("://")[0] not in ("postgres", "postgresql"):
        raise _refuse(_without_password(value), allowed)
    try:
        found = dict(dj_database_url.parse(value))
        if found.get("NAME"):
            return found
        raise ValueError("no database is named")
    except (ValueError, KeyError):
        raise _refuse(_without_password(value), allowed) from None


@env.parser_for("broker")
def broker(value: str) -> str:
    if value.strip() and not value.startswith("memory://"):
        _parts(value, "redis://, amqp:// or pgmq:// addresses", BROKERS)
    return value.strip()


@env.parser_for("queue_type")
def queue_type(value: str) -> str:
    if value.strip() not in QUEUE_TYPES:
        raise _refuse(value, " or ".join(QUEUE_TYPES))
    return value.strip()


@env.parser_for("mail")
def mail(value: str) -> dict[str, Any] | None:
    """Django's mail settings from smtp://user:password@host:port?from=...&per_second=..., smtp+tls:// or smtps://."""
    if not value.strip():
        return None
    parts = _parts(value, "smtp://, smtp+tls:// or smtps:// addresses", tuple(MAIL))
    options = dict(parse_qsl(parts.query))
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or MAIL[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "DEFAULT_FROM_EMAIL": options.get("from", ""),
        "EMAIL_PER_SECOND": _per_second(options.get("per_second", "0")),
    }


def _per_second(value: str) -> float:
    """Mails that the provider takes a second; 0 for no limit."""
    if not re.fullmatch(r"\d{1,5}(\.\d{1,3})?", value):
        raise _refuse(value, "per_second=14, or a fraction such as 0.5")
    return float(value)


@env.parser_for("reporters")
def reporters(value: str) -> dict[str, str]:
    """Mail providers that report bounces, such as `mailgun=signing-key, postmark=user:password`, by name."""
    found: dict[str, str] = {}
    for part in names(value):
        name, _, key = part.partition("=")
        by_password = name in BY_PASSWORD
        if (
            name not in (*SIGNED, *BY_PASSWORD)
            or name in found
            or not key
            or (by_password and ":" not in key)
        ):
            raise ValidationError(
                "its value is not allowed; allowed: each once, "
                + ", ".join(
                    [*(f"{one}=KEY" for one in SIGNED), *(f"{one}=USER:PASSWORD" for one in BY_PASSWORD)]
                )
            )
        found[name] = key
    return found


def urlsplit_or_none(value: str) -> SplitResult | None:
    """The parts of an address, or None when it is none: brackets that do not close, a port that is no number."""
    try:
        parts = urlsplit(value.strip())
        return parts if parts.port is None or parts.port >= 0 else None
    except ValueError:
        return None


def _parts(value: str, allowed: str, schemes: tuple[str, ...]) -> SplitResult:
    parts = urlsplit_or_none(value)
    if parts is None or parts.scheme not in schemes or not parts.hostname:
        raise _refuse(_without_password(value), allowed)
    return parts


def _without_password(value: str) -> str:
    """The address as it may be shown in an error: whatever stands before its last @ may be a password."""
    scheme, separator, rest = value.partition("://")
    _, at, after = rest.rpartition("@")
    return f"{scheme}{separator}***@{after}" if at else value


def running_at(var: Path) -> str:
    """Where the `up` of this state directory serves, by the note it keeps there: links in mails must lead to it."""
    try:
        address: str = web_address((var / "up.lock").read_text().partition(" ")[0])
        return address
    except (OSError, ValidationError):
        return ""


def refuse_bad_files() -> None:
    """Stop in one line for each NAME_FILE that holds no value, or that comes beside NAME itself."""
    files = {name: path for name, path in os.environ.items() if path and _is_ours(name)}
    if wrong := [words for name, path in files.items() if (words := _wrong_file(name, path))]:
        stop("\n".join(f"nutgraf: {words}" for words in wrong))


def _is_ours(name: str) -> bool:
    base = name.removesuffix("_FILE")
    return base != name and (base in SECRETS or base.startswith("NUTGRAF_"))


def _wrong_file(name: str, path: str) -> str:
    """What is wrong with the file that a variable names; never what is in it."""
    base = name.removesuffix("_FILE")
    if os.environ.get(base):
        return f"{name}: {path!r} is not allowed beside {base}; allowed: one of the two"
    try:
        if Path(path).exists() and not (Path(path).is_file() or Path(path).is_dir()):
            return f"{name}: {path!r} is no regular file; allowed: the path of a readable file"
        if Path(path).read_text().strip():
            return ""
    except UnicodeDecodeError:
        return f"{name}: {path!r} is not text; allowed: the path of a readable file"
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "no path"
        return f"{name}: {path!r} cannot be read ({reason}); allowed: the path of a readable file"
    return f"{name}: {path!r} is empty; allowed: the path of a readable file with the value in it"


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


ANDROID = re.compile(r"([A-Za-z]\w*(?:\.[A-Za-z]\w*)+)=((?:[0-9A-Fa-f]{2}:){31}[0-9A-Fa-f]{2})", re.ASCII)
APPLE = re.compile(r"[A-Z0-9]{10}(?:\.[A-Za-z0-9-]+)+", re.ASCII)


@env.parser_for("apps")
def apps(value: str) -> dict[str, Any]:
    """Apps by platform: `android`, fingerprints by package name, one for each signing certificate; `apple`, ids."""
    found: dict[str, Any] = {"android": {}, "apple": []}
    for part in names(value):
        if android := ANDROID.fullmatch(part):
            found["android"].setdefault(android[1], []).append(android[2].upper())
        elif APPLE.fullmatch(part):
            found["apple"].append(part)
        else:
            raise _refuse(
                part, "PACKAGE=SHA-256 of its certificate as AA:BB:..., or TEAMID.BUNDLE, separated by commas"
            )
    return found


SOCIAL = ("google", "github", "microsoft", "openid_connect")
GIVEN = {"client_id", "secret"}
GIVEN_OPENID = {"id", "name", "server_url"}


@env.parser_for("social")
def social(value: str) -> dict[str, Any]:
    """A JSON object of providers, each with what it gave us; as allauth wants it."""
    if not value.strip():
        return {}
    each = "client_id and secret (openid_connect: also id, name, server_url)"
    allowed = f"a JSON object of {', '.join(SOCIAL)}, each with {each}"
    try:
        found = json.loads(value)
        return {kind: _provider(kind, given) for kind, given in found.items()}
    except (ValueError, AttributeError, KeyError, TypeError):
        raise _refuse("what was given", allowed) from None


def _provider(kind: str, given: dict[str, str]) -> dict[str, Any]:
    wanted = GIVEN | (GIVEN_OPENID if kind == "openid_connect" else set())
    optional = {"tenant"} if kind == "microsoft" else set()
    if kind not in SOCIAL or not wanted <= given.keys() <= wanted | optional:
        raise KeyError(kind)
    if not all(isinstance(one, str) and one for one in given.values()):
        raise ValueError(kind)
    app: dict[str, Any] = {"client_id": given["client_id"], "secret": given["secret"], "settings": {}}
    if kind == "openid_connect":
        if not re.fullmatch(r"[a-z0-9-]{1,40}", given["id"]):
            raise ValueError(given["id"])
        app |= {"provider_id": given["id"], "name": given["name"]}
        app["settings"] = {"server_url": web_address(given["server_url"])}
    if "tenant" in given:
        app["settings"] = {"tenant": given["tenant"]}
    scope = {"google": ["email"], "github": ["user:email"]}.get(kind)
    return {"APPS": [app], "OAUTH_PKCE_ENABLED": True, **({"SCOPE": scope} if scope else {})}
