"""A name server that changes its mind: what it answers to each question for a name is told beforehand.

dns = DnsServer({"rebind.example": [["93.184.215.14"], ["127.0.0.1"]]}, "127.0.0.53", 53)

Each A question for a name gets the next list of addresses, the last one for ever. IPv6 addresses of that list answer
AAAA questions, and a name among them is a CNAME, told with what it leads to. Every answer may be kept for no second.
"""

from __future__ import annotations

import ipaddress
import socket
import struct
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Self

A, CNAME, AAAA = 1, 5, 28
HEADER = struct.Struct(">6H")
ANSWERED, NO_SUCH_NAME = 0x8180, 0x8183


class DnsServer:
    """`asked` counts the A questions by name."""

    def __init__(self, names: Mapping[str, Sequence[Sequence[str]]], host: str, port: int) -> None:
        self.names, self.asked = names, Counter[str]()
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((host, port))

    def __enter__(self) -> Self:
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self.socket.close()

    def _serve(self) -> None:
        while True:
            try:
                packet, asker = self.socket.recvfrom(512)
                self.socket.sendto(self._answer(packet), asker)
            except OSError:
                return

    def _answer(self, packet: bytes) -> bytes:
        name, after = _name(packet, HEADER.size)
        (kind,) = struct.unpack_from(">H", packet, after)
        question = packet[HEADER.size : after + 4]
        records = [
            (b"\xc0\x0c", *one) for one in map(_record, self._now(name, kind)) if one[0] in (kind, CNAME)
        ]
        for _, type_, data in list(records):
            if type_ == CNAME:  # as a name server does that looks it up itself
                leads_to, _ = _name(data, 0)
                found = map(_record, self.names[leads_to][-1])
                records += [(data, *one) for one in found if one[0] == kind]
        flags = ANSWERED if name in self.names else NO_SUCH_NAME
        body = b"".join(
            owner + struct.pack(">HHIH", type_, 1, 0, len(data)) + data for owner, type_, data in records
        )
        return HEADER.pack(struct.unpack(">H", packet[:2])[0], flags, 1, len(records), 0, 0) + question + body

    def _now(self, name: str, kind: int) -> Sequence[str]:
        answers = self.names.get(name, [[]])
        turn = self.asked[name] if kind == A else max(0, self.asked[name] - 1)
        if kind == A:
            self.asked[name] += 1
        return answers[min(turn, len(answers) - 1)]


def _record(told: str) -> tuple[int, bytes]:
    try:
        address = ipaddress.ip_address(told)
    except ValueError:
        labels = told.strip(".").split(".")
        return CNAME, b"".join(bytes([len(one)]) + one.encode() for one in labels) + b"\0"
    return (A if address.version == 4 else AAAA), address.packed


def _name(packet: bytes, at: int) -> tuple[str, int]:
    """The name that begins there, and where what follows it begins."""
    labels = []
    while length := packet[at]:
        labels.append(packet[at + 1 : at + 1 + length].decode().lower())
        at += 1 + length
    return ".".join(labels), at + 1
