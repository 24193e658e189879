"""What Prometheus reads: the rows as they are, closed to whoever should not see them; also without a database."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest
import yaml
from django.db.models.functions import Now
from django.http import HttpResponse
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from briefings import digest
from briefings.models import Delivery
from config.watch import seen
from ingest.models import Source
from tests.briefings import rows
from tests.briefings.test_spending import lost, paid
from tests.processes import PROJECT
from tests.statements import statements
from users import suppressed

TOKEN = "a-token-long-enough-for-it"
HERE = {"Host": "127.0.0.1:8000"}


def read(answer: HttpResponse) -> dict[str, float]:
    """Samples by name and labels, as the library's own reader understands them."""
    assert answer.status_code == 200
    return {
        "|".join([sample.name, *sample.labels.values()]): sample.value
        for family in text_string_to_metric_families(answer.content.decode())
        for sample in family.samples
    }


def scrape() -> dict[str, float]:
    seen.lately.forget()
    return read(Client().get("/metrics", headers=HERE))


@pytest.mark.django_db
def test_it_tells_what_the_rows_say() -> None:
    source = rows.source("The Post")
    Source.objects.filter(pk=source.pk).update(
        due_at=Now() - timedelta(minutes=90), last_checked_at=Now(), failures=2
    )
    ada = rows.reader("ada@bank.example")
    Delivery.objects.filter(pk=digest.delivery_for(rows.ready_edition(ada, rows.NOON.date(), [])).pk).update(
        state="sent", sent_at=Now(), due_at=None
    )
    paid("brief", "brief:1", 1_000_000)
    lost(700_000_000)
    suppressed.count("postmark", "forged")
    suppressed.count("postmark", "forged")
    told = scrape()
    assert told["nutgraf_database_up"] == told["nutgraf_broker_up"] == 1
    assert told["nutgraf_work_due|sources"] == 1
    assert 5399 <= told["nutgraf_work_oldest_seconds|sources"] < 5600
    assert told["nutgraf_work_limit_seconds|sources"] == 3600
    assert told["nutgraf_fetches_last_hour|failed"] == 1
    assert told["nutgraf_deliveries_last_hour|sent"] == 1
    assert told["nutgraf_calls_last_hour|settled"] == told["nutgraf_calls_last_hour|unknown"] == 1
    assert told["nutgraf_unknown_calls|new"] == 1
    assert told["nutgraf_unknown_calls_held_dollars"] == 0.7
    spent = told["nutgraf_spent_dollars_total"]
    assert spent > 0
    assert told["nutgraf_budget_settled_dollars|service|day"] == spent
    assert told["nutgraf_budget_left_dollars|service|day"] == pytest.approx(
        max(0, told["nutgraf_budget_limit_dollars|service|day"] - spent - 0.7)
    )
    assert told["nutgraf_mail_reports_total|forged|postmark"] == 2
    assert told["nutgraf_disk_free_bytes|" + next(k for k in told if "disk_free" in k).split("|")[1]] > 0


@pytest.mark.django_db
def test_a_scrape_is_a_few_statements_and_a_flood_of_them_no_more() -> None:
    client = Client()
    with statements() as asked:
        for _ in range(20):
            assert client.get("/metrics", headers=HERE).status_code == 200
    assert len(asked) <= 12, [one[:80] for one in asked]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "headers",
    [
        {**HERE, "X-Forwarded-For": "127.0.0.1"},
        {**HERE, "X-Forwarded-Proto": "https"},
        {**HERE, "Forwarded": "for=127.0.0.1"},
        {**HERE, "X-Real-IP": "127.0.0.1"},
        {"Host": "nutgraf.example"},
        {"Host": "127.0.0.1.evil.example"},
        {"Host": "["},
    ],
)
def test_without_a_token_no_proxy_and_no_foreign_name_gets_in(headers: dict[str, str]) -> None:
    assert Client().get("/metrics", headers=headers).status_code == 404


@pytest.mark.django_db
def test_without_a_token_nobody_else_gets_in(settings: Any) -> None:
    for address in ("10.0.0.7", "192.0.2.1", "::ffff:10.0.0.7", "", "unix:"):
        assert Client(REMOTE_ADDR=address).get("/metrics", headers=HERE).status_code == 404, address
    assert Client(REMOTE_ADDR="::1").get("/metrics", headers={"Host": "[::1]:8000"}).status_code == 200
    settings.NUTGRAF_PROXIES = 1
    assert Client().get("/metrics", headers=HERE).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize(
    "given", ["", TOKEN, f"Basic {TOKEN}", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", "Bearer", "Bearer ÿ"]
)
def test_with_a_token_nothing_else_opens_it(settings: Any, given: str) -> None:
    settings.NUTGRAF_METRICS_TOKEN = TOKEN
    answer = Client().get("/metrics", headers={**HERE, **({"Authorization": given} if given else {})})
    assert (answer.status_code, answer.headers["WWW-Authenticate"], answer.content) == (401, "Bearer", b"")


@pytest.mark.django_db
def test_the_token_opens_it_from_anywhere(settings: Any) -> None:
    settings.NUTGRAF_METRICS_TOKEN = TOKEN
    answer = Client(REMOTE_ADDR="10.0.0.7").get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert "nutgraf_work_due" in answer.content.decode()
    assert not answer.cookies
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_token_that_can_be_guessed_is_refused() -> None:
    environment = {**os.environ, "NUTGRAF_METRICS_TOKEN": "short"}
    done = subprocess.run(
        [sys.executable, "manage.py", "check"], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "NUTGRAF_METRICS_TOKEN" in done.stderr
    assert "short" not in done.stderr


AWAY = """
import django; django.setup()
from django.test import Client
for path in ("/metrics", "/health/live", "/health/ready", "/health/progress"):
    answer = Client().get(path, headers={"Host": "localhost"})
    print(path, answer.status_code, answer.content.decode().replace(chr(10), " "))
"""


def test_while_the_database_is_away_it_says_so_and_answers() -> None:
    environment = {
        **os.environ,
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:9/nowhere",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PYTHONPATH": ".",
    }
    done = subprocess.run(
        [sys.executable, "-c", AWAY], env=environment, capture_output=True, text=True, check=True
    )
    metrics, live, ready, progress = done.stdout.splitlines()
    assert metrics.startswith("/metrics 200")
    assert "nutgraf_database_up 0.0" in metrics
    assert "nutgraf_disk_free_bytes" in metrics
    assert "nutgraf_work_due" not in metrics
    assert live.startswith("/health/live 200")
    assert ready.startswith("/health/ready 503")
    assert '"database": "away"' in ready
    assert progress.startswith("/health/progress 503")


@pytest.mark.django_db
def test_the_rules_we_ship_speak_of_measures_that_there_are() -> None:
    rules = (PROJECT / "deploy" / "alerts.yml").read_text()
    told = {key.split("|")[0] for key in scrape()} | {"nutgraf_mail_reports_total"}
    assert set(re.findall(r"nutgraf_\w+", rules)) <= told
    assert {one["alert"] for group in yaml.safe_load(rules)["groups"] for one in group["rules"]} >= {
        "NutgrafDown"
    }
    assert yaml.safe_load((PROJECT / "deploy" / "prometheus.yml").read_text())["scrape_configs"]
