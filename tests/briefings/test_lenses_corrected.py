"""A lens that is written after its brief was corrected brings nothing back that fell."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from briefings import compose, corrected, lenses
from briefings.models import Brief, State
from briefings.schemas import BriefBody, LensBody, Sentence
from briefings.write.brief import WrittenLens
from ingest import work
from tests.briefings.papers import EVENING, FIRST, SECOND, Paper, ada, given, paper
from tests.fakes import honest
from tests.fakes.model_server import ModelServer
from tests.ingest.conftest import web

__all__ = ["ada", "given", "paper", "web"]
pytestmark = pytest.mark.django_db
OPINION = Sentence(text="Ask your counsel.", opinion=True)


def test_a_model_is_not_told_what_fell(given: Brief, paper: Paper, provider: ModelServer) -> None:
    provider.reply = honest.answer
    paper.prints(SECOND, EVENING)
    lens = compose.ready_lens(given, "investor", "media")
    assert lens is not None
    (request,) = provider.requests
    assert "$1.5" not in json.dumps(request.body)
    assert "$1.5" not in json.dumps(lens.body)


@pytest.mark.parametrize("kept", [True, False])
def test_an_edit_while_a_lens_is_written_takes_its_share_of_it(
    given: Brief, paper: Paper, kept: bool
) -> None:
    material = compose.stored_material(given)
    paper.prints(SECOND, EVENING)  # all of what follows an edit is done before the lens is stored
    body = BriefBody.model_validate(given.body)
    gone = corrected.struck_now(given.corrections.all())
    left = corrected.standing_body(body, gone)
    assert left is not None
    why = (body.headline, OPINION, *([left.headline] if kept else []))
    made = WrittenLens(LensBody(why_it_matters=why), "model", (), True)
    row = lenses.wish(given, "cto", "media", timedelta())
    claimed = work.claim(type(row), row.pk, timedelta(minutes=1))
    assert claimed is not None
    assert lenses.keep(claimed, made, material, "lens:1")
    row.refresh_from_db()
    if kept:
        assert row.state == State.READY
        assert [one["text"] for one in row.body["why_it_matters"]] == [OPINION.text, left.headline.text]
    else:
        assert (row.state, row.due_at) == (State.FAILED, None)
        assert row.error == "what it rested on stands no longer"


def test_of_a_brief_of_which_nothing_stands_no_lens_is_written(
    given: Brief, paper: Paper, provider: ModelServer
) -> None:
    paper.prints(type(FIRST)(f"Withdrawn: {FIRST.title}", FIRST.body), EVENING)
    assert compose.ready_lens(given, "investor", "media") is None
    assert given.lenses.get(role="investor").error == "nothing of its brief stands"
    assert provider.requests == []


def test_of_what_stands_nothing_is_left_out(given: Brief) -> None:
    body = BriefBody.model_validate(given.body)
    assert corrected.standing_body(body, {}) is body
    left = corrected.standing_body(body, {"headline", "sections.0.question", "lead.0"})
    assert left is not None
    assert left.headline == body.takeaways[0]
    assert left.sections == body.sections[1:]
    assert left.lead == body.lead[1:]
    assert left.takeaways == body.takeaways
