"""A reader for the command line: nutgraf sign-in, today, ask."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from pathlib import Path

from nutgraf.client import Client
from nutgraf.documents import EditionDocument, Sentence
from nutgraf.wire import Problem

PATIENCE = 120.0  # seconds for an edition that is being prepared


def main(arguments: list[str] | None = None) -> int:
    """The command's exit status: 0 done, 1 refused, 2 bad usage."""
    asked = _parser().parse_args(arguments)
    try:
        return int(asked.run(asked))
    except (Problem, OSError, ValueError) as error:
        print(f"nutgraf: {error}", file=sys.stderr)
        return 1


def sign_in(asked: argparse.Namespace) -> int:
    client = Client(asked.url)
    session, device = client.request_code(asked.email), asked.device or platform.node()
    try:
        client.confirm_code(session, _typed(f"A code is on its way to {asked.email}. Code: "), device)
    except Problem as problem:
        if problem.code != "second_factor_needed":
            raise
        client.second_code(session, _typed("Code of your authenticator app: "), device)
    _keep(client)
    print("Signed in.", file=sys.stderr)
    return 0


def _typed(asked: str) -> str:
    print(asked, end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip()


def today(_: argparse.Namespace) -> int:
    print("\n".join(_lines(_kept().today(PATIENCE))))
    return 0


def ask(asked: argparse.Namespace) -> int:
    client = _kept()
    items = client.today(PATIENCE)["items"]
    if not 1 <= asked.number <= len(items):
        raise ValueError(f"today's edition has briefs 1 to {len(items)}")
    brief = items[asked.number - 1]["brief"]
    names = {one["id"]: one["publisher"] for one in brief["sources"]}
    turn = client.ask(brief["id"], " ".join(asked.question))
    told = 0
    for sentence in client.answer(brief["id"], turn["number"]):
        print(_said(sentence, names), flush=True)
        told += 1
    if not told:
        print("The sources of this brief do not say.")
    return 0


def _lines(edition: EditionDocument) -> list[str]:
    lines = [edition["date"]]
    for entry in edition["items"]:
        brief = entry["brief"]
        names = {one["id"]: one["publisher"] for one in brief["sources"]}
        update = "Update: " if entry.get("update") else ""
        lines += ["", f"{entry['rank']}. {update}{_said(brief['headline'], {})}"]
        lines += [f"   • {_said(one, names)}" for one in brief["takeaways"]]
    return lines


def _said(sentence: Sentence, names: dict[int, str]) -> str:
    publishers = dict.fromkeys(names.get(one["source"], "") for one in sentence.get("citations", []))
    cited = ", ".join(filter(None, publishers))
    text = f"No longer stands: {sentence['text']}" if sentence.get("struck") else sentence["text"]
    return f"{text} [{cited}]" if cited else text


def _file() -> Path:
    base = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(base) / "nutgraf" / "device.json"


def _keep(client: Client) -> None:
    """The token for this user's eyes alone."""
    file = _file()
    file.parent.mkdir(parents=True, exist_ok=True)
    with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as kept:
        json.dump({"url": client.url, "token": client.token}, kept)


def _kept() -> Client:
    try:
        kept = json.loads(_file().read_text())
    except OSError:
        raise ValueError("sign in first: nutgraf sign-in URL EMAIL") from None
    return Client(kept["url"], kept["token"])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="nutgraf", description="Reads a Nutgraf.")
    commands = parser.add_subparsers(required=True)
    command = commands.add_parser("sign-in", help="sign this device in by an emailed code")
    command.add_argument("url")
    command.add_argument("email")
    command.add_argument("--device", default="", help="what to call this device")
    command.set_defaults(run=sign_in)
    command = commands.add_parser("today", help="print today's edition")
    command.set_defaults(run=today)
    command = commands.add_parser("ask", help="ask about a brief of today's edition")
    command.add_argument("number", type=int, help="the brief's number there")
    command.add_argument("question", nargs="+")
    command.set_defaults(run=ask)
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
