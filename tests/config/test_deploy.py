"""What is handed to operators fits the code: commands, queues, variables, ports, probes and secrets."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import get_commands
from django.test import Client

from config import healthy
from config.celery import QUEUES
from config.environment import SECRETS
from tests.fakes.web_server import WebServer
from tests.processes import free_port

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
OURS = {name: one for name, one in COMPOSE["services"].items() if one.get("image", "").startswith("nutgraf:")}
KUSTOMIZATION = yaml.safe_load((DEPLOY / "kubernetes" / "kustomization.yaml").read_text())
DOCKERFILE = (DEPLOY / "Dockerfile").read_text()
PROBES = ("startupProbe", "livenessProbe", "readinessProbe")


def manifests() -> list[dict[str, Any]]:
    files = [DEPLOY / "kubernetes" / name for name in KUSTOMIZATION["resources"]]
    return [one for file in files for one in yaml.safe_load_all(file.read_text())]


def of_kind(*kinds: str) -> list[dict[str, Any]]:
    return [one for one in manifests() if one["kind"] in kinds]


def pods() -> list[tuple[str, dict[str, Any]]]:
    """Every pod template, by the name of what makes it."""
    found = []
    for one in of_kind("Deployment", "StatefulSet", "Job", "CronJob"):
        spec = one["spec"]["jobTemplate"]["spec"] if one["kind"] == "CronJob" else one["spec"]
        found.append((one["metadata"]["name"], spec["template"]))
    return found


def containers(pod: dict[str, Any]) -> list[dict[str, Any]]:
    return [*pod["spec"].get("initContainers", ()), *pod["spec"]["containers"]]


def variables() -> set[str]:
    """Every variable that settings read."""
    return set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', (ROOT / "config" / "settings.py").read_text()))


def queues_of(commands: list[list[str]]) -> list[str]:
    lists = [one[one.index("-Q") + 1] for one in commands if "worker" in one]
    return [queue for words in lists for queue in words.split(",")]


def is_known(command: list[str]) -> bool:
    """Whether it starts something of ours: a command of manage.py, granian on our application, celery on our app."""
    words = " ".join(command)
    named = re.findall(r"manage\.py (\w+)", words)
    if named:
        return set(named) <= set(get_commands())
    return words.endswith("config.wsgi:application") or words.startswith("celery --quiet -A config ")


# ---------------------------------------------------------------- the image


def test_the_image_has_all_of_the_code_and_no_more_is_sent_to_be_built() -> None:
    copied = set(re.findall(r"^COPY (?!--from)(\S+) ", DOCKERFILE, re.MULTILINE))
    let_in = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert copied == let_in
    assert all((ROOT / name).exists() for name in copied)
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}
    assert packages | {"templates", "locale", "static", "manage.py", "requirements.txt"} == copied


def test_the_image_runs_as_an_ordinary_user_without_what_builds_packages() -> None:
    last = DOCKERFILE.rpartition("\nFROM ")[2]
    users = re.findall(r"^USER (\S+)", last, re.MULTILINE)
    assert users == ["10001:10001"]
    assert "--require-hashes" in DOCKERFILE
    assert re.search(r"pip uninstall --yes pip setuptools", DOCKERFILE.partition("\nFROM ")[2])
    assert not re.search(r"apt-get|build-essential|gcc|pip install", last)
    names = re.findall(r"^(?:ENV|   ) ?([A-Z_]+)=", last, re.MULTILINE)
    assert {name for name in names if name.startswith("NUTGRAF_")} <= variables()


@pytest.mark.parametrize(("answer", "status"), [(200, 0), (503, 1), (301, 1)])
def test_its_health_is_asked_for_as_the_proxy_asks(answer: int, status: int) -> None:
    """Else the answer would be 400 for the host, or a redirect for the scheme."""
    assert '["python", "-m", "config.healthy"]' in DOCKERFILE
    with WebServer() as web:
        web.put(healthy.PATH, b"", status=answer)
        asking = f"import sys; from config import healthy; sys.exit(healthy.main({web.port}))"
        environment = {**os.environ, "NUTGRAF_URL": "https://news.example.org"}
        done = subprocess.run([sys.executable, "-c", asking], env=environment, check=False, cwd=ROOT)
        asked = {name.lower(): value for name, value in web.last_headers.items()}
    assert done.returncode == status
    assert (asked["host"], asked["x-forwarded-proto"]) == ("news.example.org", "https")


def test_it_is_not_well_where_nobody_answers() -> None:
    assert healthy.main(free_port()) == 1


# ---------------------------------------------------------------- compose.yaml


@pytest.mark.parametrize("name", COMPOSE["services"])
def test_each_service_is_closed_and_bounded(name: str) -> None:
    one = COMPOSE["services"][name]
    assert one["read_only"] is True
    assert one["cap_drop"] == ["ALL"]
    assert one["security_opt"] == ["no-new-privileges:true"]
    assert "mem_limit" in one or name == "migrate"
    assert one.get("user") or one["cap_add"] == ["NET_BIND_SERVICE"]
    assert "ports" not in one or name == "proxy"
    assert one.get("secrets", []) == [] or set(one["secrets"]) <= set(COMPOSE["secrets"])
    assert set(one["networks"]) <= set(COMPOSE["networks"])
    for volume in one.get("volumes", ()):
        source = volume.partition(":")[0]
        assert source in COMPOSE["volumes"] or (DEPLOY / source).exists()


def test_compose_serves_every_queue_once_and_starts_only_what_there_is() -> None:
    commands = [one["command"] for one in OURS.values() if "command" in one]
    assert sorted(queues_of(commands)) == sorted(QUEUES)
    assert all(is_known(command) for command in commands)
    assert len([one for one in commands if "beat" in one]) == 1


def test_compose_gives_settings_that_are_read_and_secrets_by_file() -> None:
    for one in OURS.values():
        given = one["environment"]
        assert {name.removesuffix("_FILE") for name in given} <= variables()
        files = {name: path for name, path in given.items() if name.endswith("_FILE")}
        assert {Path(path).name for path in files.values()} == set(one["secrets"])
        assert not [name for name in given if name in SECRETS and name != "CELERY_BROKER_URL"]
    required = {"SECRET_KEY", "ALLOWED_HOSTS", "NUTGRAF_URL", "EMAIL_URL", "DATABASE_URL"}
    assert required <= {name.removesuffix("_FILE") for name in OURS["web"]["environment"]}
    assert OURS["web"]["environment"]["NUTGRAF_PROXIES"] == "1", "one proxy stands before it"


def test_in_compose_nothing_starts_before_the_database_is_ready_and_migrated() -> None:
    for name, one in OURS.items():
        waits = {other: how["condition"] for other, how in one["depends_on"].items()}
        assert waits["postgres"] == "service_healthy"
        assert name == "migrate" or waits["migrate"] == "service_completed_successfully"
    asked = COMPOSE["services"]["postgres"]["healthcheck"]["test"]
    assert "--host" in asked, "at its socket the server answers that first makes the database"
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    assert COMPOSE["services"]["postgres"]["networks"] == ["inside"]


def test_the_secrets_that_compose_wants_are_made_and_kept(tmp_path: Path) -> None:
    script = tmp_path / "secrets.sh"
    script.write_text((DEPLOY / "secrets.sh").read_text())

    def ran(told: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = ["sh", str(script), *arguments]
        return subprocess.run(command, input=told, capture_output=True, text=True, check=False)

    without = ran("", "smtp://mail.example")
    assert (without.returncode, "say where mail leaves" in without.stderr) == (2, True)
    assert ran("smtp://ada:pass\\word@mail.example\n").returncode == 0
    made = {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()}
    assert made.keys() == COMPOSE["secrets"].keys()
    assert made["database_password"].strip() in made["database_url"]
    assert len(made["secret_key"]) > 100
    assert (tmp_path / "secrets").stat().st_mode & 0o077 == 0
    assert made["email_url"] == "smtp://ada:pass\\word@mail.example\n"
    assert ran("smtp://other.example").returncode == 0
    assert {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()} == made


def test_the_proxy_shows_nobody_what_is_for_operators() -> None:
    said = (DEPLOY / "Caddyfile").read_text()
    assert "path /metrics /health/*" in said
    assert "reverse_proxy web:8000" in said
    assert "EXPOSE 8000" in DOCKERFILE


# ---------------------------------------------------------------- Kubernetes


@pytest.mark.parametrize(("name", "pod"), pods(), ids=lambda one: one if isinstance(one, str) else "")
def test_each_pod_is_closed_and_bounded(name: str, pod: dict[str, Any]) -> None:
    spec = pod["spec"]
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert spec["automountServiceAccountToken"] is False
    assert pod["metadata"]["labels"]["app.kubernetes.io/name"] == "nutgraf", (
        "else no network policy holds for it"
    )
    for one in containers(pod):
        inside = one["securityContext"]
        assert inside["readOnlyRootFilesystem"] is True
        assert inside["allowPrivilegeEscalation"] is False
        assert inside["capabilities"] == {"drop": ["ALL"]}
        assert {"requests", "limits"} <= one["resources"].keys()
        claimed = {"state"} if name in ("nutgraf-write", "nutgraf-answer", "nutgraf-deliver") else set()
        volumes = {volume["name"] for volume in spec["volumes"]} | claimed
        assert {mount["name"] for mount in one["volumeMounts"]} <= volumes


def test_each_queue_is_scaled_by_itself() -> None:
    commands = {name: containers(pod)[0]["command"] for name, pod in pods()}
    served = {name: queues_of([command]) for name, command in commands.items() if "worker" in command}
    assert sorted(served.values()) == sorted([queue] for queue in QUEUES)
    ours = [one for _, pod in pods() for one in containers(pod) if one["image"] == "nutgraf"]
    assert all(is_known(one["command"]) for one in ours)
    assert KUSTOMIZATION["images"][0]["name"] == "nutgraf"


def test_workers_that_pay_or_send_keep_their_notes() -> None:
    """A note of each mail that went, and of each bill that came while the database was away."""
    kept = {one["metadata"]["name"] for one in of_kind("StatefulSet")}
    assert kept == {"nutgraf-write", "nutgraf-answer", "nutgraf-deliver"}
    for one in of_kind("StatefulSet"):
        assert [claim["metadata"]["name"] for claim in one["spec"]["volumeClaimTemplates"]] == ["state"]


def test_manifests_give_settings_that_are_read_and_secrets_by_file() -> None:
    (settings,) = (one["data"] for one in of_kind("ConfigMap"))
    assert {name.removesuffix("_FILE") for name in settings} <= variables()
    assert not set(settings) & set(SECRETS)
    secret = yaml.safe_load((DEPLOY / "kubernetes" / "secrets.example.yaml").read_text())
    files = {Path(path).name for name, path in settings.items() if name.endswith("_FILE")}
    assert files == set(secret["stringData"])
    for _, pod in pods():
        (volume,) = (one for one in pod["spec"]["volumes"] if one["name"] == "secrets")
        assert volume["secret"]["secretName"] == secret["metadata"]["name"]
        mounts = [
            mount for one in containers(pod) for mount in one["volumeMounts"] if mount["name"] == "secrets"
        ]
        assert {Path(path).parent for path in settings.values() if path.startswith("/run/")} == {
            Path(mount["mountPath"]) for mount in mounts
        }


def test_services_budgets_and_policies_mean_pods_that_exist() -> None:
    labels = [pod["metadata"]["labels"] for _, pod in pods()]

    def meant(wanted: dict[str, str]) -> bool:
        return any(wanted.items() <= one.items() for one in labels)

    for one in of_kind("Deployment", "StatefulSet"):
        assert one["spec"]["selector"]["matchLabels"] == one["spec"]["template"]["metadata"]["labels"]
    for one in of_kind("Service"):
        assert meant(one["spec"]["selector"])
    for one in of_kind("PodDisruptionBudget"):
        assert meant(one["spec"]["selector"]["matchLabels"])
    for one in of_kind("NetworkPolicy"):
        assert meant(one["spec"]["podSelector"].get("matchLabels", {}))
    (ingress,) = of_kind("Ingress")
    backend = ingress["spec"]["rules"][0]["http"]["paths"][0]["backend"]["service"]
    (web,) = (one for one in of_kind("Service") if one["metadata"]["name"] == backend["name"])
    assert backend["port"]["name"] in [port["name"] for port in web["spec"]["ports"]]


def web_container() -> dict[str, Any]:
    return next(containers(pod)[0] for name, pod in pods() if name == "nutgraf-web")


def test_probes_ask_as_the_proxy_does_at_the_port_that_is_served() -> None:
    """Without the host and the scheme, the answer would be 400, or a redirect that a probe takes for health."""
    (settings,) = (one["data"] for one in of_kind("ConfigMap"))
    web = web_container()
    ports = {port["name"]: str(port["containerPort"]) for port in web["ports"]}
    assert web["command"][web["command"].index("--port") + 1] == ports["http"]
    for name in PROBES:
        asked = web[name]["httpGet"]
        headers = {header["name"]: header["value"] for header in asked["httpHeaders"]}
        assert asked["port"] in ports
        assert headers == {"Host": settings["ALLOWED_HOSTS"], "X-Forwarded-Proto": "https"}
    (ingress,) = of_kind("Ingress")
    hosts = {ingress["spec"]["rules"][0]["host"], *ingress["spec"]["tls"][0]["hosts"]}
    assert hosts == {settings["ALLOWED_HOSTS"], settings["NUTGRAF_URL"].removeprefix("https://")} - {""}


@pytest.mark.django_db
def test_probes_ask_addresses_that_there_are(client: Client) -> None:
    probed = {web_container()[name]["httpGet"]["path"] for name in PROBES}
    for path in probed | {healthy.PATH, "/metrics"}:
        assert client.get(path, headers={"Host": "localhost"}).status_code == 200, path
