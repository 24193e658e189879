"""One Nutgraf, asked by one device."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Iterator
from typing import Any, cast

from nutgraf import documents as told
from nutgraf.documents import BriefDocument, Changes, EditionDocument, Sentence, SignedIn, TurnDocument
from nutgraf.wire import Problem, events, problem_of

TIMEOUT = 30.0  # seconds for an answer


class Client:
    """`url` is the address of the service; without a `token` it can sign in and nothing else."""

    def __init__(self, url: str, token: str = "") -> None:
        if not url.startswith(("http://", "https://")):
            raise ValueError(f"no address of a service: {url}")
        self.url, self.token = url.rstrip("/"), token

    def request_code(self, email: str) -> str:
        """Have a code sent; what `confirm_code` needs with it."""
        return str(self._ask("POST", "/auth/code", {"email": email})["session"])

    def confirm_code(self, session: str, code: str, device: str) -> SignedIn:
        """Sign this device in; from now on the client has its token. Raises Problem: with "second_factor_needed" go on
        with `second_code`.
        """
        return self._sign_in("/auth/code/confirm", session, code, device)

    def second_code(self, session: str, code: str, device: str) -> SignedIn:
        """The end of a sign-in that needs a second factor: a code of the authenticator app, or a recovery code."""
        return self._sign_in("/auth/second", session, code, device)

    def _sign_in(self, path: str, session: str, proof: str | dict[str, Any], device: str) -> SignedIn:
        named = "code" if isinstance(proof, str) else "credential"
        body = {"session": session, named: proof, "device": device}
        signed_in = cast(SignedIn, self._ask("POST", path, body))
        self.token = signed_in["token"]
        return signed_in

    def begin_second_passkey(self, session: str) -> told.Challenge:
        """What to ask a passkey for a sign-in that needs a second factor."""
        return cast(told.Challenge, self._ask("POST", "/auth/second/passkey", {"session": session}))

    def confirm_second_passkey(self, session: str, credential: dict[str, Any], device: str) -> SignedIn:
        return self._sign_in("/auth/second/passkey/confirm", session, credential, device)

    def begin_passkey(self) -> told.Challenge:
        """What to ask a passkey, to sign in by it alone."""
        return cast(told.Challenge, self._ask("POST", "/auth/passkey"))

    def confirm_passkey(self, session: str, credential: dict[str, Any], device: str) -> SignedIn:
        """`credential` is the platform's answer (WebAuthn's AuthenticationResponseJSON)."""
        return self._sign_in("/auth/passkey/confirm", session, credential, device)

    def devices(self) -> Iterator[told.DeviceDocument]:
        return self._items("/devices")

    def revoke_device(self, device: int) -> None:
        self._ask("DELETE", f"/devices/{device}")

    def sign_out(self) -> None:
        self._ask("DELETE", "/devices/current")
        self.token = ""

    def today(self, patience: float = 0) -> EditionDocument:
        """Today's edition; while it is being prepared it is waited for so many seconds. Raises Problem."""
        ends = time.monotonic() + patience
        while True:
            try:
                return cast(EditionDocument, self._ask("GET", "/editions/today"))
            except Problem as problem:
                if problem.code == "edition_not_asked" and patience:
                    self._ask("POST", "/editions/today")
                elif problem.code != "edition_preparing":
                    raise
                if time.monotonic() > ends:
                    raise
                time.sleep(problem.retry_after or 1)

    def edition(self, date: str) -> EditionDocument:
        return cast(EditionDocument, self._ask("GET", f"/editions/{date}"))

    def editions(self) -> Iterator[told.IssueDocument]:
        """All of the reader's editions, the newest first."""
        return self._items("/editions")

    def brief(self, brief: str) -> BriefDocument:
        return cast(BriefDocument, self._ask("GET", f"/briefs/{brief}"))

    def evidence(self, brief: str) -> Iterator[told.EvidenceDocument]:
        """What supports each sentence of the brief."""
        return self._items(f"/briefs/{brief}/evidence")

    def evidence_of(self, brief: str, mark: str) -> told.EvidenceDocument:
        return cast(told.EvidenceDocument, self._ask("GET", f"/briefs/{brief}/evidence/{mark}"))

    def look(self, brief: str, role: str, industry: str) -> told.LookDocument:
        """The brief's lens for such a reader, as far as it is."""
        kind = urllib.parse.urlencode({"role": role, "industry": industry})
        return cast(told.LookDocument, self._ask("GET", f"/briefs/{brief}/lens?{kind}"))

    def lens(self, brief: str, role: str, industry: str, patience: float = 0) -> told.LookDocument:
        """Have the brief's lens for such a reader written, waiting so many seconds; `stage` says how it stands."""
        kind = {"role": role, "industry": industry}
        found = cast(told.LookDocument, self._ask("POST", f"/briefs/{brief}/lens", kind))
        ends = time.monotonic() + patience
        while found["stage"] == "waiting" and time.monotonic() < ends:
            time.sleep(1)
            found = self.look(brief, role, industry)
        return found

    def save(self, brief: str) -> None:
        self._ask("PUT", f"/saved/{brief}")

    def unsave(self, brief: str) -> None:
        self._ask("DELETE", f"/saved/{brief}")

    def saved(self) -> Iterator[told.SavedDocument]:
        return self._items("/saved")

    def read(self) -> Iterator[told.ReadDocument]:
        """What the reader has read."""
        return self._items("/read")

    def search(self, words: str) -> list[told.HitDocument]:
        """The reader's briefs that the words find, the best first."""
        return list(self._items("/search", q=words))

    def mark_read(self, brief: str) -> None:
        self._ask("PUT", f"/briefs/{brief}/read")

    def mark_unread(self, brief: str) -> None:
        self._ask("DELETE", f"/briefs/{brief}/read")

    def sync(self, cursor: str = "") -> Iterator[Changes]:
        """What changed since the cursor, in as many parts as it comes; the last part's cursor is for the next time."""
        while True:
            told = cast(Changes, self._ask("GET", f"/sync?cursor={cursor}"))
            yield told
            if not told["more"]:
                return
            cursor = told["cursor"]

    def ask(self, brief: str, question: str) -> TurnDocument:
        """Ask about a brief; sent again by itself where the network failed, it is asked once."""
        headers = {"Idempotency-Key": uuid.uuid4().hex}
        path, body = f"/briefs/{brief}/turns", {"question": question}
        try:
            return cast(TurnDocument, self._ask("POST", path, body, headers))
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            return cast(TurnDocument, self._ask("POST", path, body, headers))

    def turns(self, brief: str) -> Iterator[TurnDocument]:
        """What was asked about the brief, with the answers so far."""
        return self._items(f"/briefs/{brief}/turns")

    def stop(self, brief: str, number: int) -> TurnDocument:
        return cast(TurnDocument, self._ask("POST", f"/briefs/{brief}/turns/{number}/stop"))

    def again(self, brief: str, number: int) -> TurnDocument:
        """Have a question that was stopped, or failed, answered after all."""
        return cast(TurnDocument, self._ask("POST", f"/briefs/{brief}/turns/{number}/again"))

    def forget(self, brief: str) -> None:
        """Forget the conversation about the brief."""
        self._ask("DELETE", f"/briefs/{brief}/turns")

    def turn(self, brief: str, number: int) -> TurnDocument:
        return cast(TurnDocument, self._ask("GET", f"/briefs/{brief}/turns/{number}"))

    def answer(self, brief: str, number: int) -> Iterator[Sentence]:
        """The sentences of an answer as they are verified, until it is whole."""
        last = "0"
        while True:
            headers = {"Accept": "text/event-stream", "Last-Event-ID": last}
            with self._open("GET", f"/briefs/{brief}/turns/{number}/events", None, headers) as answer:
                for event, key, data in events(answer):
                    if event == "end":
                        return
                    last = key or last
                    yield cast(Sentence, json.loads(data))
            time.sleep(1)

    def feedback(self, brief: str) -> told.StanceDocument:
        """What the reader has said about the brief, and what of it may be muted."""
        return cast(told.StanceDocument, self._ask("GET", f"/briefs/{brief}/feedback"))

    def give_feedback(self, brief: str, act: str, about: str = "") -> told.StanceDocument:
        """`act`: "more", "less", "dismiss" or "mute"; `about` is what to mute, one of the brief's `may_mute`."""
        given = {"act": act, "about": about}
        return cast(told.StanceDocument, self._ask("POST", f"/briefs/{brief}/feedback", given))

    def take_feedback_back(self, brief: str) -> None:
        """Forget what "more" or "less" of the brief taught."""
        self._ask("DELETE", f"/briefs/{brief}/feedback")

    def learned(self) -> Iterator[told.LearnedDocument]:
        """All that was learned of the reader, the latest first."""
        return self._items("/learned")

    def forget_learned(self, learned: int) -> None:
        self._ask("DELETE", f"/learned/{learned}")

    def forget_all_learned(self) -> None:
        self._ask("DELETE", "/learned")

    def report(self, brief: str, mark: str, reason: str = "") -> told.ReportDocument:
        """Have a sentence verified again, by the mark of its evidence. Raises Problem "already_struck"."""
        path = f"/briefs/{brief}/evidence/{mark}/report"
        return cast(told.ReportDocument, self._ask("POST", path, {"reason": reason}))

    def reported(self, brief: str, mark: str) -> told.ReportDocument:
        """What came of the reader's own report of the sentence."""
        return cast(told.ReportDocument, self._ask("GET", f"/briefs/{brief}/evidence/{mark}/report"))

    def shares(self) -> Iterator[told.ShareDocument]:
        return self._items("/shares")

    def share(self, brief: str) -> told.ShareDocument:
        """A public page of the brief; the same one where there is one."""
        return cast(told.ShareDocument, self._ask("POST", "/shares", {"brief": brief}))

    def revoke_share(self, share: int) -> None:
        self._ask("DELETE", f"/shares/{share}")

    def push(self) -> told.PushDocument:
        """The key to subscribe with at a push service; its `public_key` is None where nothing is pushed."""
        return cast(told.PushDocument, self._ask("GET", "/push"))

    def push_subscriptions(self) -> Iterator[told.PushSubscriptionDocument]:
        return self._items("/push/subscriptions")

    def add_push_subscription(
        self, endpoint: str, p256dh: str, auth: str, label: str = ""
    ) -> told.PushSubscriptionDocument:
        """Push editions to this endpoint from now on; the same subscription where it is one. Keys are in base64url."""
        body = {"endpoint": endpoint, "keys": {"p256dh": p256dh, "auth": auth}, "label": label}
        return cast(told.PushSubscriptionDocument, self._ask("POST", "/push/subscriptions", body))

    def remove_push_subscription(self, subscription: int) -> None:
        self._ask("DELETE", f"/push/subscriptions/{subscription}")

    def topics(self) -> Iterator[told.TopicDocument]:
        """What is told most of."""
        return self._items("/topics")

    def topic(self, slug: str, cursor: str = "") -> told.TopicPage:
        """A topic with a page of its stories, the newest first; its `next` is the cursor of the following one."""
        query = urllib.parse.urlencode({"cursor": cursor} if cursor else {})
        return cast(told.TopicPage, self._ask("GET", f"/topics/{_part(slug)}?{query}"))

    def follow_topic(self, slug: str) -> None:
        """Put it among the reader's interests."""
        self._ask("PUT", f"/topics/{_part(slug)}/follow")

    def unfollow_topic(self, slug: str) -> None:
        self._ask("DELETE", f"/topics/{_part(slug)}/follow")

    def sources(self) -> Iterator[told.SourceDocument]:
        """The reader's own sources."""
        return self._items("/sources")

    def add_source(self, url: str, any_topic: bool = False) -> told.AddedDocument:
        """Read a feed, or the feed that a site names; where it names several, `choices` says which."""
        return cast(told.AddedDocument, self._ask("POST", "/sources", {"url": url, "any_topic": any_topic}))

    def remove_source(self, source: int) -> None:
        self._ask("DELETE", f"/sources/{source}")

    def export_sources(self) -> bytes:
        """As OPML."""
        return self._bytes("GET", "/sources/export")

    def import_sources(self, opml: bytes) -> told.AddedDocument:
        found = self._bytes("POST", "/sources/import", opml, {"Content-Type": "text/x-opml"})
        return cast(told.AddedDocument, json.loads(found))

    def profile(self) -> told.ProfileDocument:
        return cast(told.ProfileDocument, self._ask("GET", "/profile"))

    def change_profile(self, **changes: Any) -> told.ProfileDocument:
        """Change some of what `profile` tells, by the same names."""
        return cast(told.ProfileDocument, self._ask("PATCH", "/profile", changes))

    def choices(self) -> told.Choices:
        """The roles and industries there are."""
        return cast(told.Choices, self._ask("GET", "/profile/choices"))

    def spending(self) -> told.Spending:
        """What was spent for the reader, and what questions may still cost."""
        return cast(told.Spending, self._ask("GET", "/spending"))

    def export(self) -> bytes:
        """Everything that is held about the reader, as a zip."""
        return self._bytes("POST", "/account/export")

    def delete_account(self, email: str) -> None:
        """At once and for good; `email` is the account's own address, so that nobody does it by mistake."""
        self._ask("POST", "/account/delete", {"email": email})
        self.token = ""

    def _items(self, path: str, **query: str) -> Iterator[Any]:
        """All of a list, page by page as they are asked for."""
        while True:
            page = self._ask("GET", f"{path}?{urllib.parse.urlencode(query)}")
            yield from page["items"]
            if not page.get("next"):
                return
            query["cursor"] = page["next"]

    def _ask(self, method: str, path: str, body: object = None, headers: dict[str, str] | None = None) -> Any:
        content = self._bytes(method, path, body, headers)
        return json.loads(content) if content else None

    def _bytes(
        self, method: str, path: str, body: object = None, headers: dict[str, str] | None = None
    ) -> bytes:
        with self._open(method, path, body, headers or {}) as answer:
            return cast(bytes, answer.read())

    def _open(self, method: str, path: str, body: object, headers: dict[str, str]) -> Any:
        request = urllib.request.Request(f"{self.url}/api/v1{path}", method=method, headers=headers)  # noqa: S310
        if self.token:
            # Where the server leads elsewhere, it does not go along.
            request.add_unredirected_header("Authorization", f"Bearer {self.token}")
        if isinstance(body, bytes):
            request.data = body
        elif body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        try:
            return urllib.request.urlopen(request, timeout=TIMEOUT)  # noqa: S310 - http and https alone, see __init__
        except urllib.error.HTTPError as error:
            raise problem_of(error) from None


def _part(text: str) -> str:
    return urllib.parse.quote(text, safe="")
