"""Which addresses the door may reach: judges a web address and resolves its host under a deadline.

Every spelling of an address (decimal, hexadecimal, full-width, a name that points inward) ends as a resolved number
here, and only the number is judged and connected to.
"""

from __future__ import annotations

import contextlib
import ipaddress
import re
import socket
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import quote, urljoin, urlsplit

from requests_hardened.ip_filter import EXTRA_BLOCKED_NET_RANGES

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Lookup = Callable[[str, int], list[str]]

HOST = re.compile(r"([a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}\.?", re.IGNORECASE)  # what can be looked up at all
LONGEST_NAME = 254  # RFC 1035, and a dot at the end
PORTS = frozenset({80, 443, 8080, 8443})
# `is_global` says yes to these, and each can carry a request into a private network.
BLOCKED: tuple[Network, ...] = (
    *EXTRA_BLOCKED_NET_RANGES,
    *map(
        ipaddress.ip_network,
        (
            "64:ff9b::/96",
            "64:ff9b:1::/48",
            "2002::/16",
            "2001::/32",
            "fec0::/10",
            "192.88.99.0/24",
            "100::/64",
            "::/96",
        ),
    ),
)


class Unreachable(Exception):
    """The address may not or cannot be reached: `code` is bad_url, blocked_address or dns."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code, self.words = code, words


@dataclass(frozen=True)
class Target:
    """Where one request goes: the host is named in the request, the connection goes to a checked address."""

    url: str
    secure: bool
    host: str
    port: int
    path: str

    @property
    def host_header(self) -> str:
        name = f"[{self.host}]" if ":" in self.host else self.host
        return name if self.port == (443 if self.secure else 80) else f"{name}:{self.port}"


def target(url: str, base: str = "") -> Target:
    """The parts of `url` (relative to `base`); Unreachable when it is no plain http or https address."""
    try:
        whole = urljoin(base, url.strip())
        parts = urlsplit(whole)
        port = parts.port
        # Half a character, as JSON can spell it, cannot be written out: a UnicodeError is a ValueError.
        path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
        if parts.query:
            path += "?" + quote(parts.query, safe="/%:@!$&'()*+,;=~-._?[]")
    except ValueError:
        raise Unreachable("bad_url", "this is not a web address") from None
    if parts.scheme not in ("http", "https"):
        raise Unreachable("bad_url", "only http and https addresses can be read")
    if not parts.hostname or parts.username or parts.password or any(ord(char) < 33 for char in whole):
        raise Unreachable("bad_url", "this is not a plain web address")
    secure = parts.scheme == "https"
    return Target(whole.split("#")[0], secure, _ascii(parts.hostname), port or (443 if secure else 80), path)


def spelled(url: str) -> str:
    """The address as it is stored, so that one feed is one source: scheme and host in small letters, no fragment.

    What is no web address stays as it is.
    """
    whole = url.strip()
    with contextlib.suppress(ValueError):
        parts = urlsplit(whole)
        if parts.scheme in ("http", "https"):
            return parts._replace(netloc=parts.netloc.lower(), fragment="").geturl()
    return whole


def _ascii(host: str) -> str:
    try:
        name = host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError:
        name = ""
    if len(name) > LONGEST_NAME or not (HOST.fullmatch(name) or _is_ipv6(name)):
        raise Unreachable("bad_url", "the host name in this address is not valid")
    return name


def _is_ipv6(name: str) -> bool:
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(name).version == 6
    return False


def system(host: str, port: int) -> list[str]:
    """Every address of a host, by the system's resolver; OSError or UnicodeError when there is none."""
    return [str(row[4][0]) for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def resolve(where: Target, allowed: Iterable[Network], seconds: float, lookup: Lookup = system) -> Address:
    """The checked address to connect to; every address of the name must be permitted, not only the first."""
    found = [_bare(address) for address in _ask(lookup, where.host, where.port, seconds)]
    lifted = [address for address in found if among(address, allowed)]
    if len(lifted) == len(found):
        return found[0]
    if any(not permitted(address) for address in found if address not in lifted):
        raise Unreachable("blocked_address", f"{where.host} points into a private or reserved network")
    if where.port not in PORTS:
        raise Unreachable("blocked_address", f"port {where.port} is not one that web pages are read from")
    return found[0]


def refuse_inward(before: Address | None, address: Address) -> None:
    """Unreachable when a redirect leads from the internet into a private network, even one that may be reached.

    Operators open their networks for feeds they name, not for what strangers find there.
    """
    if before is not None and permitted(before) and not permitted(address):
        raise Unreachable("blocked_address", "the address redirects into a private network")


def permitted(address: Address) -> bool:
    """True for addresses of the public internet only."""
    return (
        address.is_global and not address.is_multicast and not any(_inside(address, one) for one in BLOCKED)
    )


def among(address: Address, networks: Iterable[Network]) -> bool:
    """Whether the address lies in one of the networks."""
    return any(_inside(address, network) for network in networks)


def _inside(address: Address, network: Network) -> bool:
    return address.version == network.version and address in network


def _bare(address: Address) -> Address:
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def _ask(lookup: Lookup, host: str, port: int, seconds: float) -> list[Address]:
    """What the name resolves to. A lookup knows no deadline, so it runs in a thread that may be left."""
    with contextlib.suppress(ValueError):  # an address spelled out needs none; odd spellings do
        return [ipaddress.ip_address(host)]
    answer: list[Address] = []

    def ask() -> None:
        try:
            found = lookup(host, port)
        except (OSError, UnicodeError):
            return
        answer.extend(ipaddress.ip_address(one.split("%")[0]) for one in found)

    thread = threading.Thread(target=ask, daemon=True, name="resolve")
    thread.start()
    thread.join(seconds)
    if not answer:
        slow = " in time" if thread.is_alive() else ""
        raise Unreachable("dns", f"no address was found{slow} for {host}")
    return list(answer)
