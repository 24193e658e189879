"""Every text that is a reader's, found by the tables themselves: in the archive where it should be, nowhere afterwards.

A canary is written into each text field of each row that belongs to Ada, by however many foreign keys. A new table or
field is found by itself, and has to be told in the archive or named below with the reason.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction

from tests.security.conftest import signed_in
from users.models import User

pytestmark = pytest.mark.django_db
MARK = "canaryb41d"
# What the archive does not tell, and why.
UNTOLD = {
    "account.EmailAddress.email": "the same address as the account's, which is told",
    "users.User.password": "nothing that signs anybody in; readers have none",
    "mfa.Authenticator.type": "told as a kind of ours",
    "usersessions.UserSession.session_key": "it would sign in whoever has it",
    "users.DeviceToken.digest": "the hash of a token",
    "briefings.PrivateFeed.digest": "the hash of an address, which is told itself",
    "briefings.PrivateFeed.nonce": "what an address is made of",
    "briefings.Share.digest": "the hash of an address, which is told itself",
    "briefings.Share.nonce": "what an address is made of",
    "briefings.Edition.role": "who the account said its reader was that day, which the lenses of that edition say",
    "briefings.Edition.industry": "the same",
    "briefings.PushSubscription.endpoint": "whoever has it can push; the service's name and the device's are told",
    "briefings.PushSubscription.digest": "the hash of it",
    "briefings.PushSubscription.p256dh": "a key of the browser's",
    "briefings.PushSubscription.auth": "the same",
    "ingest.Article.text": "the publisher's words and not the reader's; title and address are told",
    "ingest.Article.feed_text": "the same",
    "ingest.Article.author": "the same",
    "ingest.Article.guid": "what the feed calls it; its address is told",
    "ingest.Article.canonical_url": "another spelling of its address, which is told",
    "ingest.Article.relevance_reason": "what we made of it",
    "ingest.Story.title": "one of its articles' titles, which are told",
    "briefings.StoryTopic.name": "a name that its articles' titles have",
}
# Working state: why a piece of work failed, by which keys it is found again, what it was made of.
WORKING = (
    *("held_by", "client_id", "body_hash"),
    *(
        "error",
        "identity",
        "content_hash",
        "etag",
        "last_modified",
        "page_error",
        "moved_to",
        "message_id",
        "work_key",
    ),
    *(
        "relevance",
        "embedder",
        "off_topic",
        "reason_code",
        "feed_url",
        "state",
        "stage",
        "key",
        "token",
        "subject",
    ),
)


def mine() -> Iterator[tuple[type[models.Model], str]]:
    """Each model whose rows are a reader's and go with them, and the look-up from a row to its reader."""
    found: dict[type[models.Model], str] = {User: "pk"}
    grown = True
    while grown:
        grown = False
        for model in apps.get_models():
            for field in model._meta.fields:
                to = field.remote_field.model if field.remote_field else None
                if model in found or to not in found or not isinstance(field, models.ForeignKey):
                    continue
                if field.remote_field.on_delete is models.CASCADE:
                    found[model] = field.name if to is User else f"{field.name}__{found[to]}"
                    grown = True
    yield from found.items()


def plant(ada: User) -> dict[str, str]:
    """A canary for each text field of Ada's rows that takes one, by the field."""
    planted: dict[str, str] = {}
    for model, path in mine():
        rows = model._default_manager.filter(**{path: ada.pk})
        if model is User or not rows.exists():
            continue
        for field in model._meta.concrete_fields:
            if field.primary_key or field.choices or field.remote_field:
                continue
            if not isinstance(field, models.CharField | models.TextField):
                continue
            canary = f"{MARK}{len(planted):03}x"
            if field.max_length and field.max_length < len(canary):
                continue
            try:
                with transaction.atomic():
                    rows.update(**{field.name: canary})
            except DatabaseError:
                continue  # a constraint or trigger says what it may be
            planted[f"{model._meta.label}.{field.name}"] = canary
    return planted


def archive(ada: User) -> str:
    answer = signed_in(ada).post("/settings/export/")
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as packed:
        return "\n".join(packed.read(name).decode() for name in packed.namelist())


def tables_with(text: str) -> list[str]:
    with connection.cursor() as cursor:
        found = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT 1 FROM "{table}" t WHERE t::text LIKE %s LIMIT 1', [f"%{text}%"])  # noqa: S608
            if cursor.fetchone():
                found.append(table)
        return found


def test_what_is_hers_is_told_and_then_gone(ada: User, values: dict[str, Any]) -> None:
    planted = plant(ada)
    assert len(planted) > 12, planted
    told = archive(ada)
    missing = sorted(
        name
        for name, canary in planted.items()
        if canary not in told and name not in UNTOLD and name.rpartition(".")[2] not in WORKING
    )
    assert not missing, f"neither in the archive nor on the list of what is not told: {missing}"
    assert tables_with(MARK), "they are there before"
    kept = set(User.objects.exclude(pk=ada.pk).values_list("pk", flat=True))
    assert signed_in(ada).post("/settings/delete/", {"email": ada.email}).headers["Location"] == "/left/"
    # Of a share its address's hash stays, for the 410 that tells search engines to forget it.
    assert tables_with(MARK) == ["briefings_goneshare"]
    assert tables_with(planted["briefings.Share.digest"]) == ["briefings_goneshare"]
    assert [name for name, canary in planted.items() if tables_with(canary)] == ["briefings.Share.digest"]
    assert tables_with("ada@bank.example") == []
    assert set(User.objects.values_list("pk", flat=True)) == kept


def test_no_table_of_a_readers_is_left_out(ada: User, values: dict[str, Any]) -> None:
    """Whatever points at a reader goes with them, or lets go of them: nothing keeps them from leaving."""
    for model in apps.get_models():
        for field in model._meta.fields:
            if field.remote_field and field.remote_field.model is User:
                if model._meta.label == "briefings.Tombstone":
                    continue  # the database takes these itself, as it makes them
                assert field.remote_field.on_delete in (models.CASCADE, models.SET_NULL), (model, field)
                if field.remote_field.on_delete is models.SET_NULL:
                    assert model._meta.label in {"inference.Call", "briefings.Lens"}, (
                        f"{model}: what is kept, and why?"
                    )
