"""A bad setting stops the start with one line that names the variable, the value and what is allowed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.processes import PROJECT


def start(command: str = "check", **variables: str) -> subprocess.CompletedProcess[str]:
    clean = {
        name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "CELERY_BROKER_URL")
    }
    return subprocess.run(
        [sys.executable, "manage.py", command],
        env={**clean, **variables},
        capture_output=True,
        text=True,
        cwd=PROJECT,
        check=False,
    )


def test_a_warning_of_the_web_framework_is_logged_once() -> None:
    warn = "import django, logging; django.setup(); logging.getLogger('django.request').warning('Not Found')"
    done = subprocess.run(
        [sys.executable, "-c", warn],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"},
        capture_output=True,
        text=True,
        cwd=PROJECT,
        check=True,
    )
    assert done.stderr.count("Not Found") == 1


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("DATABASE_URL", "mysql://db/nutgraf", "postgresql://"),
        ("CELERY_BROKER_URL", "kafka://queue", "redis://"),
        ("NUTGRAF_BUDGET_DAY_USD", "plenty", "an amount of US dollars"),
        ("NUTGRAF_BUDGET_MONTH_USD", "-3", "an amount of US dollars"),
        ("NUTGRAF_BUDGETS", "converse=1", "converse/day=0.20"),
        ("NUTGRAF_BUDGETS", "reader/month=1", "converse/day=0.20"),
        ("NUTGRAF_BUDGETS", "lens/day=1, lens/day=2", "converse/day=0.20"),
        ("NUTGRAF_BUDGETS", "lens/day=much", "converse/day=0.20"),
        ("NUTGRAF_FETCH_ALLOW", "localhost", "networks such as 127.0.0.0/8"),
        ("NUTGRAF_PUSH_ALLOW", "localhost", "networks such as 127.0.0.0/8"),
        ("NUTGRAF_URL", "nutgraf", "an http or https address"),
        ("EMAIL_URL", "pigeon://loft", "smtp://"),
        ("NUTGRAF_URL", "http://[", "an http or https address"),
        ("EMAIL_URL", "smtp://mail:99999", "smtp://"),
        ("CELERY_BROKER_URL", "redis://[", "redis://"),
        ("OPENAI_BASE_URL", "nonsense", "an http or https address"),
        ("ALLOWED_HOSTS", "http://news", "without http://"),
        ("SECRET_KEY_FILE", "/nowhere/key", "a readable file"),
        ("DEBUG", "maybe", "true or false"),
        ("LOG_LEVEL", "loud", "WARNING"),
        ("NUTGRAF_APPS", "org.example.news", "PACKAGE=SHA-256"),
        ("NUTGRAF_APPS", "org.example.news=AA:BB", "PACKAGE=SHA-256"),
        ("NUTGRAF_APPS", "android:apk-key-hash:x", "PACKAGE=SHA-256"),
        ("NUTGRAF_QUEUE_TYPE", "stream", "classic or quorum"),
        ("NUTGRAF_POOLER", "perhaps", "true or false"),
        ("NUTGRAF_MODEL_EMBED", "local:", "local:MODEL"),
        ("NUTGRAF_MODEL_EMBED", "x" * 71, "at most 70"),
    ],
)
def test_it_refuses_a_bad_value_in_one_line(name: str, value: str, allowed: str) -> None:
    done = start(**{name: value})
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert name in done.stderr
    assert value in done.stderr
    assert allowed in done.stderr


def test_it_reports_every_bad_value_at_once_and_never_a_password() -> None:
    done = start(DATABASE_URL="mysql://ada:sec/ret@db/x", NUTGRAF_URL="x", OPENAI_API_KEY="sk-\u2026secret")
    assert len(done.stderr.strip().splitlines()) == 3
    assert "sec/ret" not in done.stderr
    assert "secret" not in done.stderr


@pytest.mark.parametrize("key", ["too-short", "A" * 43, "f" * 64])
def test_a_push_key_that_is_none_is_refused_and_not_shown(key: str) -> None:
    done = start(NUTGRAF_PUSH_KEY=key)
    assert done.returncode == 2
    assert "NUTGRAF_PUSH_KEY: its value is not allowed; allowed: 32 random bytes" in done.stderr
    assert key not in done.stderr


def test_production_refuses_development_values() -> None:
    done = start(DEBUG="false")
    assert done.returncode == 2
    assert "SECRET_KEY" in done.stderr


def test_it_reads_a_secret_from_a_file_without_its_newline(tmp_path: object) -> None:
    path = f"{tmp_path}/key"
    with open(path, "w") as file:
        file.write("not-telling\n")
    code = "import django; django.setup(); from django.conf import settings; print(repr(settings.SECRET_KEY))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "SECRET_KEY_FILE": path, "DJANGO_SETTINGS_MODULE": "config.settings"},
        capture_output=True,
        text=True,
        cwd=PROJECT,
        check=True,
    )
    assert done.stdout.strip() == "'not-telling'"


def test_it_says_what_is_wrong_with_each_file_of_a_secret_and_never_what_is_in_it(tmp_path: Path) -> None:
    empty, binary, good = (tmp_path / name for name in ("empty", "binary", "good"))
    os.mkfifo(tmp_path / "pipe")
    empty.write_text("\n")
    binary.write_bytes(b"\xff\xfe\xff")
    good.write_text("not-telling")
    done = start(
        EMAIL_URL_FILE=str(empty),
        OPENAI_API_KEY_FILE=str(binary),
        SECRET_KEY="also-not-telling",
        SECRET_KEY_FILE=str(good),
        NUTGRAF_SOCIAL_FILE=str(tmp_path),
        DATABASE_URL_FILE=str(tmp_path / "pipe"),
    )
    assert done.returncode == 2
    said = dict(line.removeprefix("nutgraf: ").split(": ", 1) for line in done.stderr.strip().splitlines())
    assert said.keys() == {
        *(
            "EMAIL_URL_FILE",
            "OPENAI_API_KEY_FILE",
            "SECRET_KEY_FILE",
            "NUTGRAF_SOCIAL_FILE",
            "DATABASE_URL_FILE",
        )
    }
    assert "is no regular file" in said["DATABASE_URL_FILE"]
    assert "is empty" in said["EMAIL_URL_FILE"]
    assert "is not text" in said["OPENAI_API_KEY_FILE"]
    assert "beside SECRET_KEY" in said["SECRET_KEY_FILE"]
    assert "Is a directory" in said["NUTGRAF_SOCIAL_FILE"]
    assert "telling" not in done.stderr


def test_a_command_that_needs_the_database_says_the_same_of_its_files() -> None:
    done = start("spend", DATABASE_URL_FILE="/nowhere/url")
    assert done.returncode == 2
    assert done.stderr.strip().splitlines() == [
        "nutgraf: DATABASE_URL_FILE: '/nowhere/url' cannot be read (No such file or directory); "
        "allowed: the path of a readable file"
    ]
