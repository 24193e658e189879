"""A changeover that is killed outright goes on where it was, and pays for nothing twice but what was on its way."""

from __future__ import annotations

import json
import signal
from typing import Any

import pytest

from tests.fakes.model_server import EMBEDDER, ModelServer
from tests.processes import Instance, state_directory, wait_for

pytestmark = pytest.mark.processes
TAGS = """
import json
from ingest.models import Article, Story
print(json.dumps([list(m.objects.exclude(embedder="").values_list("embedder", flat=True)) for m in (Article, Story)]))
"""


def embedded(server: ModelServer) -> list[str]:
    return [text for request in server.requests if request.status == 200 for text in request.body["input"]]


def tags(instance: Instance) -> tuple[list[str], list[str]]:
    articles, stories = json.loads(instance.manage("shell", "-c", TAGS).stdout.splitlines()[-1])
    return articles, stories


def test_it_goes_on_where_it_was_killed() -> None:
    with state_directory() as var, ModelServer() as server:
        words_only = Instance(var)
        words_only.json("ingest", "--sample")
        before, _ = tags(words_only)
        assert len(before) >= 12
        server.most_texts = 1
        server.pause = 0.3
        instance = Instance(var, {"OPENAI_BASE_URL": server.url, "OPENAI_API_KEY": "sk-test"})
        process = instance.start("reembed", "--to", EMBEDDER)
        wait_for(lambda: len(embedded(server)) >= 6 or process.poll() is not None, 60, "some vectors")
        process.send_signal(signal.SIGKILL)
        process.wait()
        half, stories = tags(instance)
        assert {"lexical-1", f"{EMBEDDER}@1536"} == set(half) == set(stories)
        asked = len(embedded(server))
        done: dict[str, Any] = instance.json("reembed", "--to", EMBEDDER)
        left = half.count("lexical-1")
        assert done["articles"] == left == len(before) - half.count(f"{EMBEDDER}@1536")
        assert len(embedded(server)) - asked == left + 1, "what is left, and one question about the length"
        after, stories = tags(instance)
        assert set(after) == set(stories) == {f"{EMBEDDER}@1536"}
        assert len(after) == len(before)
        verified = instance.manage("ledger", "verify", "--json")
        assert (verified.returncode, json.loads(verified.stdout)["broken"]) == (0, [])
