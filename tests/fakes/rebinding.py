"""A small internet in a network of its own: a name server, a public site, inner ones. Tells, as JSON, what was reached.

Run as root under `unshare --mount --net`. The public site has a public address (on loopback, which nobody else sees);
the door asks the system's resolver and is allowed nothing inward, as in production.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
PUBLIC, INNER, SERVER = "93.184.215.14", "10.0.0.5", "127.0.0.53"
NAMES = {
    "rebind.example": [[PUBLIC], ["127.0.0.1"]],
    "private.example": [[PUBLIC], [INNER]],
    "hops.example": [[PUBLIC], ["127.0.0.1"]],
    "public-first.example": [[PUBLIC, "127.0.0.1"]],
    "private-first.example": [[INNER, PUBLIC]],
    "six.example": [[PUBLIC, "::1"]],
    "mapped.example": [[PUBLIC, "::ffff:10.0.0.5"]],
    "alias.example": [["inner.example"]],
    "inner.example": [[INNER]],
    "nowhere.example": [["0.0.0.0"]],  # noqa: S104 - what a name server may well say
    "metadata.example": [["169.254.169.254"]],
    "turns.example": [[PUBLIC], ["127.0.0.1"], [PUBLIC], [INNER], ["127.0.0.1", PUBLIC], [PUBLIC]],
    "honest.example": [[PUBLIC]],
}


def main() -> None:
    for command in (
        "ip link set lo up",
        f"ip addr add {PUBLIC}/32 dev lo",
        f"ip addr add {INNER}/32 dev lo",
        "ip addr add 169.254.169.254/32 dev lo",
    ):
        subprocess.run(command.split(), check=True)
    with tempfile.NamedTemporaryFile("w", suffix=".conf") as conf:
        conf.write(f"nameserver {SERVER}\noptions timeout:1 attempts:1\n")
        conf.flush()
        Path(conf.name).chmod(0o644)
        subprocess.run(["mount", "--bind", conf.name, "/etc/resolv.conf"], check=True)
        print(json.dumps(_reached()))


def _reached() -> dict[str, object]:
    import django

    django.setup()
    from ingest.fetch import FetchError, fetch
    from tests.fakes.dns_server import DnsServer
    from tests.fakes.web_server import WebServer

    with ExitStack() as stack:
        dns = stack.enter_context(DnsServer(NAMES, SERVER, 53))
        outside = stack.enter_context(WebServer(PUBLIC, 80))
        inner = [stack.enter_context(WebServer(host, 80)) for host in ("127.0.0.1", INNER, "169.254.169.254")]
        outside.put("/f", "<rss/>")
        outside.redirect("/hop", "http://hops.example/secret")

        def ask(url: str) -> str:
            try:
                return fetch(url, seconds=8).body.decode()
            except FetchError as error:
                return error.code

        told: dict[str, object] = {}
        for name in NAMES:
            if name not in ("hops.example", "turns.example"):
                told[name] = [ask(f"http://{name}/f") for _ in range(3)]
        told["hops.example"] = [ask("http://hops.example/hop")]
        told["turns.example"] = [ask("http://turns.example/f") for _ in range(8)]
        told["asked"] = dict(dns.asked)
        told["reached inside"] = sum(sum(one.seen.values()) for one in inner)
        told["reached outside"] = sum(outside.seen.values())
        return told


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))
    main()
