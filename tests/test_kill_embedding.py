"""kill -9 while the embedder thinks: each article gets its vector once, and what was cut off stays on the books."""

from __future__ import annotations

import json

import pytest

from tests.fakes import honest
from tests.fakes.model_server import DIMENSIONS, EMBEDDER, ModelServer
from tests.fakes.newspaper import reports, whole
from tests.fakes.web_server import WebServer
from tests.processes import Instance, state_directory, wait_for
from tests.test_kill import PATIENCE, add_source, calls, kill_the_worker, nudge, rows

pytestmark = pytest.mark.processes
TAG = f"{EMBEDDER}@{DIMENSIONS}"


def test_articles_are_embedded_once() -> None:
    with state_directory() as var, ModelServer() as model, WebServer() as web:
        model.reply, model.pause = honest.answer, 60.0
        extra = {"OPENAI_BASE_URL": model.url, "OPENAI_API_KEY": "sk-test", "NUTGRAF_MODEL_EMBED": EMBEDDER}
        instance = Instance(var, {**extra, "NUTGRAF_FETCH_ALLOW": "127.0.0.0/8"})
        with instance.up("--no-sample", "--no-catalogue") as running:
            add_source(running, web.put("/docket.xml", whole(*reports("docket"))))
            placed = "SELECT embedder FROM ingest_article WHERE stage = 'placed'"
            wait_for(lambda: len(rows(running, placed)) == 3, PATIENCE, "the articles")
            nudge(running, "ingest.tasks.embed_articles")
            wait_for(lambda: _asked(model), PATIENCE, "a worker that embeds")
            kill_the_worker(running)
            model.pause = 0.0
            wait_for(lambda: rows(running, placed) == [(TAG,)] * 3, PATIENCE, "the vectors")
            told = "SELECT embedder FROM ingest_story"
            assert rows(running, told) == [(TAG,)] * 3
            at_rest = "SELECT due_at, lease_until, attempt, error FROM ingest_article"
            assert rows(running, at_rest) == [(None, None, 0, "")] * 3
            wait_for(lambda: calls(running, "embed") == ["unknown", "settled"], PATIENCE, "the books")
            assert [len(texts) for texts in _asked(model)] == [3, 3]
            verified = running.instance.manage("ledger", "verify", "--json")
            assert (verified.returncode, json.loads(verified.stdout)["broken"]) == (0, [])


def _asked(model: ModelServer) -> list[list[str]]:
    """The texts of each request for the vectors of articles."""
    sent = [request.body["input"] for request in model.requests if request.path.endswith("/embeddings")]
    titles = tuple(report.title for report in reports("docket"))
    return [texts for texts in sent if texts[0].startswith(titles)]
