"""The lines of docs/api.md, run by a shell against a real server; and the page that describes the API."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.fakes.mail_server import mail_server
from tests.processes import PROJECT, Instance, state_directory, wait_for
from tests.test_journey import CODE

LINES = re.compile(r"<!-- curl: begin -->\n```\n(.*?)```", re.DOTALL)
# jq, where there is none: as much of it as the lines use.
JQ = """#!/bin/sh
exec python3 -c '
import json, sys
told = json.load(open(sys.argv[3]) if len(sys.argv) > 3 else sys.stdin)
path = sys.argv[2]
if path.startswith(".items[]"):
    print("\\n".join(item["brief"]["headline"]["text"] for item in told["items"]))
else:
    print(told[path[1:]])
' "$@"
"""


@pytest.mark.processes
def test_the_ten_lines_lead_from_an_address_to_todays_edition(tmp_path: Path) -> None:
    if shutil.which("curl") is None:
        pytest.skip("no curl on this machine")
    found = LINES.search((PROJECT / "docs" / "api.md").read_text())
    assert found
    lines = found[1]
    assert len(lines.strip().splitlines()) <= 10
    (tmp_path / "jq").write_text(JQ)
    (tmp_path / "jq").chmod(0o755)
    with (
        state_directory() as var,
        mail_server() as mail,
        Instance(var, {"EMAIL_URL": mail.url}).up("--no-catalogue") as running,
    ):
        script = lines.replace("http://127.0.0.1:8000", running.url)
        shell = subprocess.Popen(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=tmp_path, env={"PATH": f"{tmp_path}:/usr/bin:/bin:/usr/local/bin"},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        letter: Any = wait_for(lambda: mail.accepted and mail.accepted[-1], 60, "the code")
        code = CODE.search(letter.get_body(("plain",)).get_content())
        assert code
        out, errors = shell.communicate(f"{code[1]}\n", timeout=180)
    assert shell.returncode == 0, errors
    edition = json.loads((tmp_path / "edition.json").read_text())
    headlines = [one["brief"]["headline"]["text"] for one in edition["items"]]
    assert headlines
    assert out.endswith("\n".join(headlines) + "\n")


@pytest.mark.django_db
def test_the_description_is_a_page_of_ours() -> None:
    answer = Client().get("/api/v1/docs")
    page = answer.content.decode()
    assert "POST /api/v1/auth/code/confirm" in page
    assert 'id="edition_preparing"' in page
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page), "nothing is loaded from elsewhere"
    assert (
        "script-src" in answer.headers["Content-Security-Policy"]
        or "default-src 'self'" in (answer.headers["Content-Security-Policy"])
    )


@pytest.mark.django_db
def test_every_code_is_explained_where_problems_point_to() -> None:
    from briefings.api.problems import CODES, PLACE

    page = Client().get(PLACE.removesuffix("#")).content.decode()
    assert [code for code in CODES if f'id="{code}"' not in page] == []


@pytest.mark.django_db
def test_the_schema_is_whole() -> None:
    schema = Client().get("/api/v1/openapi.json").json()
    assert schema["openapi"].startswith("3.1")
    named = set(re.findall(r"#/components/(\w+)/([\w.\[\]-]+)", json.dumps(schema)))
    there = {(kind, name) for kind, all_of in schema["components"].items() for name in all_of}
    assert named <= there, named - there
    brief = schema["components"]["schemas"]["BriefDocument"]["properties"]
    assert {"headline", "takeaways", "sections", "lens", "sources", "verification", "cost"} <= set(brief)
    for path, operations in schema["paths"].items():
        for method, one in operations.items():
            statuses = set(one["responses"])
            assert {"405", "429", "503"} <= statuses, path
            assert ("401" in statuses) or path.startswith("/api/v1/auth"), path
            assert one["description"], (method, path)
