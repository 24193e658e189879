"""What the reference client does beside reading and asking, each by a real request: feedback, topics, settings."""

from __future__ import annotations

import io
import sys
import zipfile

import pytest
from django.core.cache import cache
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from briefings.models import Brief
from tests.briefings import factories, rows
from tests.briefings.test_topics import linked, told
from tests.processes import PROJECT
from users import tokens
from users.models import User

sys.path.insert(0, str(PROJECT / "clients" / "python"))
from nutgraf import Client, Problem

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ada() -> User:
    cache.clear()
    return rows.reader("ada@bank.example")


@pytest.fixture
def brief(ada: User) -> Brief:
    return factories.edition_of_two(ada, timezone.now().date()).items.get(rank=1).brief


@pytest.fixture
def client(live_server: LiveServer, ada: User) -> Client:
    return Client(live_server.url, tokens.issue(ada, "Desk")[1])


def test_feedback_is_given_told_and_taken_back(client: Client, brief: Brief) -> None:
    stance = client.give_feedback(brief.pk, "more")
    assert (stance["more"], stance["kept_out_by"]) == (True, None)
    assert "GPT-5" in stance["learned"]
    assert {one["label"] for one in client.learned()} == set(stance["learned"])
    client.take_feedback_back(brief.pk)
    assert list(client.learned()) == []
    about = stance["may_mute"][0]["about"]
    out = client.give_feedback(brief.pk, "mute", about)["kept_out_by"]
    assert out
    client.forget_learned(out)
    assert client.feedback(brief.pk)["kept_out_by"] is None
    client.give_feedback(brief.pk, "dismiss")
    client.forget_all_learned()
    assert list(client.learned()) == []
    with pytest.raises(Problem) as wrong:
        client.give_feedback(brief.pk, "mute", "name:Nobody")
    assert wrong.value.code == "invalid"


def test_evidence_is_read_and_a_sentence_reported(client: Client, brief: Brief) -> None:
    first = next(client.evidence(brief.pk))
    alone = client.evidence_of(brief.pk, first["mark"])
    assert [one["quote"] for one in alone["excerpts"]] == [one["quote"] for one in first["excerpts"]]
    assert first["excerpts"][0]["quote"]
    outcome = client.report(brief.pk, first["mark"], "Is that so?")["outcome"]
    assert outcome in ("stands", "struck")
    assert client.reported(brief.pk, first["mark"])["reason"] == "Is that so?"


def test_another_roles_lens_is_looked_through(client: Client, brief: Brief) -> None:
    assert client.look(brief.pk, "investor", "retail")["stage"] == "none"
    assert client.lens(brief.pk, "investor", "retail")["stage"] in ("waiting", "ready")
    own = client.look(brief.pk, "cto", "finance")
    assert own["stage"] == "ready"
    assert own["lens"] is not None


def test_topics_are_listed_read_and_followed(client: Client) -> None:
    linked(told("OpenAI opens an office", "OpenAI hires."), told("OpenAI hires", "OpenAI opens.", 1))
    listed = {one["name"]: one for one in client.topics()}
    slug = listed["OpenAI"]["slug"]
    page = client.topic(slug)
    assert page["stories"] == len(page["items"]) == 2
    client.follow_topic(slug)
    assert client.topic(slug)["followed"]
    assert "OpenAI" in client.profile()["interests"]
    client.unfollow_topic(slug)
    assert not client.topic(slug)["followed"]


def test_lists_come_whole_however_many_pages_they_have(client: Client, ada: User, brief: Brief) -> None:
    for number in range(120):
        ada.sources.create(url=f"https://feeds.example/{number}", title=f"Feed {number}")
    assert len({one["id"] for one in client.sources()}) == 120


def test_sources_are_brought_taken_along_and_removed(client: Client, ada: User) -> None:
    ada.sources.create(url="https://feeds.example/own", title="Own")
    opml = client.export_sources()
    assert b"https://feeds.example/own" in opml
    (one,) = client.sources()
    client.remove_source(one["id"])
    assert list(client.sources()) == []
    assert client.import_sources(opml)["added"] == ["https://feeds.example/own"]
    with pytest.raises(Problem) as refused:
        client.add_source("no address")
    assert refused.value.code == "invalid"


def test_what_is_read_saved_shared_and_found(client: Client, brief: Brief) -> None:
    client.mark_read(brief.pk)
    client.save(brief.pk)
    shared = client.share(brief.pk)
    assert client.share(brief.pk)["id"] == shared["id"]
    for listed in (client.read(), client.saved()):
        assert [one["brief"] for one in listed] == [brief.pk]
    assert [one["url"] for one in client.shares()] == [shared["url"]]
    client.revoke_share(shared["id"])
    assert list(client.shares()) == []
    assert brief.pk in {one["brief"] for one in client.search("GPT-5 price")}
    assert [one["stories"] for one in client.editions()] == [2]


def test_a_conversation_is_listed_stopped_and_forgotten(client: Client, brief: Brief) -> None:
    turn = client.ask(brief.pk, "What does GPT-5 cost?")
    stopped = client.stop(brief.pk, turn["number"])
    assert [one["question"] for one in client.turns(brief.pk)] == ["What does GPT-5 cost?"]
    if stopped["may_ask_again"]:
        assert client.again(brief.pk, turn["number"])["number"] == turn["number"]
    client.forget(brief.pk)
    assert list(client.turns(brief.pk)) == []


def test_devices_settings_spending_and_leaving(
    client: Client, live_server: LiveServer, ada: User, brief: Brief
) -> None:
    other = Client(live_server.url, tokens.issue(ada, "Phone")[1])
    phone = next(one for one in client.devices() if one["name"] == "Phone")
    client.revoke_device(phone["id"])
    with pytest.raises(Problem) as out:
        other.profile()
    assert out.value.status == 401
    assert client.change_profile(hour=9, days=[1, 2])["days"] == [1, 2]
    assert {"cto"} <= {one["slug"] for one in client.choices()["roles"]}
    assert client.spending()["usd"].startswith("0")
    with zipfile.ZipFile(io.BytesIO(client.export())) as packed:
        assert "account.json" in packed.namelist()
    with pytest.raises(Problem):
        client.delete_account("cal@rival.example")
    client.delete_account(ada.email)
    assert client.token == ""
    assert not User.objects.filter(email="ada@bank.example").exists()


def test_passkeys_begin_with_what_to_ask_them(live_server: LiveServer) -> None:
    cache.clear()
    visitor = Client(live_server.url)
    begun = visitor.begin_passkey()
    assert begun["session"]
    assert "publicKey" in begun["options"]
    with pytest.raises(Problem) as wrong:
        visitor.confirm_passkey(begun["session"], {"id": "x"}, "Desk")
    assert wrong.value.code in ("wrong_passkey", "invalid")
