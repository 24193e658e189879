"""Brings a feed to UTF-8 where its bytes themselves say what they are, whatever server and declaration claim. Pure."""

from __future__ import annotations

import codecs
import re

# Text in two or four bytes a letter, known by its mark or by how its first letters lie (XML 1.0, appendix F).
_WIDE = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\x00\x00\x00", "utf-32-le"),
    (b"\x00\x00\x00<", "utf-32-be"),
    (b"<\x00?\x00", "utf-16-le"),
    (b"\x00<\x00?", "utf-16-be"),
)
_DECLARED = re.compile(rb"(<\?xml[^>]{0,200}?)\s+encoding\s*=\s*(?:\"[^\"]*\"|'[^']*')")
_WIDE_BY_MISTAKE = re.compile(rb"(?i)encoding\s*=\s*[\"'](?:utf|ucs)-?(?:16|32|2|4)\b")


def unpacked(body: bytes) -> tuple[bytes, bool]:
    """The body without NULs, and whether it is UTF-8 for certain, so that no declaration is to be believed.

    What is valid UTF-8 beyond ASCII is never anything else by chance; servers and templates often declare otherwise.
    """
    for mark, encoding in _WIDE:
        if body.startswith(mark):
            text = body.decode(encoding, "replace").replace("\x00", "")
            return _undeclared(text.encode("utf-8", "replace")), True
    body = body.replace(b"\x00", b"")
    declared = _DECLARED.search(body[:400])
    nonsense = declared is not None and not declared[0].isascii()
    if nonsense or _WIDE_BY_MISTAKE.search(body[:200]) or _is_utf8(body):
        return _undeclared(body), True
    return body, False


def _is_utf8(body: bytes) -> bool:
    try:
        return not body.isascii() and bool(body.decode())
    except UnicodeDecodeError:
        return False


def _undeclared(body: bytes) -> bytes:
    return _DECLARED.sub(rb"\1", body[:400], count=1) + body[400:]
