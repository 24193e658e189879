"""Draws the picture that stands for a shared brief where its address is posted: foreign text becomes pixels only."""

from __future__ import annotations

import hashlib
import io
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from django.core.cache import cache as kept
from PIL import Image, ImageDraw, ImageFont
from PIL.ImageFont import FreeTypeFont, Layout

from briefings.coverage import short
from briefings.schemas import BriefDocument

WIDTH, HEIGHT, MARGIN = 1200, 630, 80
PAPER, INK, SOFT, ACCENT, LINE = "#fbf9f4", "#1c1b18", "#5d594f", "#0f5c50", "#e3ded2"
FONT = Path(__file__).resolve().parent.parent / "static" / "fonts" / "newsreader.woff2"
SIZES = (84, 76, 68, 60, 54, 48)  # of the headline in pixels: the first at which it fits
TOP, BOTTOM = 170, 480  # where the headline may stand
LEADING = 1.14
LONGEST = 300  # characters of a headline that are looked at
ENOUGH = 0.7  # the least part of a headline that our font must have for it to be drawn
UNNAMED = "A brief with the source of every sentence"
KEPT_FOR = 30 * 24 * 3600  # seconds
STYLE = 1  # grows when the drawing changes: pictures drawn before are no longer used
NEAR = str.maketrans(
    {"ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ı": "i", "‑": "-", "−": "–", "\u00a0": " ", "\u202f": " "}
)


def of(document: BriefDocument) -> bytes:
    """The picture of a brief as PNG, 1200 by 630; drawn once for the same words."""
    words = (document.headline.plain, _publishers(document), _made(document))
    key = f"card:{hashlib.sha256(repr((STYLE, words)).encode()).hexdigest()}"
    found: bytes | None = kept.get(key)
    if found is None:
        found = draw(*words)
        kept.set(key, found, KEPT_FOR)
    return found


def draw(headline: str, publishers: str, made: str) -> bytes:
    """A PNG of the headline, who is cited and when and how it was written, whatever these consist of."""
    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, WIDTH, 12), ACCENT)
    pen.text((MARGIN, 62), "Nutgraf", INK, _font(46, 700))
    pen.text((MARGIN + pen.textlength("Nutgraf", _font(46, 700)), 62), ".", ACCENT, _font(46, 700))
    lines, size = _laid(drawable(headline) or UNNAMED)
    for number, line in enumerate(lines):
        pen.text((MARGIN, TOP + number * size * LEADING), line, INK, _font(size, 600))
    pen.line((MARGIN, 528, WIDTH - MARGIN, 528), LINE, 2)
    small = _font(30, 400)
    room = WIDTH - 2 * MARGIN - int(small.getlength(made)) - 40
    pen.text((MARGIN, 548), _cut(drawable(publishers), small, room), SOFT, small)
    pen.text((WIDTH - MARGIN, 548), made, SOFT, small, anchor="ra")
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def drawable(text: str) -> str:
    """The text in letters that our font has, others by their nearest ones; empty where it lacks too many of them."""
    text = " ".join(text[:LONGEST].translate(NEAR).split())
    letters = [nearest for char in text if (nearest := _nearest(char))]
    drawn = " ".join("".join(letters).split())
    return drawn if len(drawn) >= ENOUGH * len(text) else ""


@cache
def _nearest(char: str) -> str:
    if char == " " or _known(char):
        return char
    plain = "".join(c for c in unicodedata.normalize("NFKD", char) if not unicodedata.combining(c))
    return plain if plain and all(c != char and _known(c) for c in plain) else ""


def _known(char: str) -> bool:
    """Whether the font has the character: what it lacks looks like what no font has."""
    font = _font(SIZES[-1], 600)
    return bytes(font.getmask(char)) != bytes(font.getmask("\uffff"))


def _laid(headline: str) -> tuple[list[str], int]:
    """The headline in lines, and the size at which they fit; at the smallest, what does not fit is cut off."""
    for size in SIZES:
        lines = list(_lines(headline, _font(size, 600)))
        most = int((BOTTOM - TOP) / (size * LEADING))
        if len(lines) <= most:
            return lines, size
    last = " ".join(lines[most - 1 :])
    return [*lines[: most - 1], _cut(last, _font(size, 600), WIDTH - 2 * MARGIN)], size


def _lines(text: str, font: FreeTypeFont) -> Iterator[str]:
    room, line = WIDTH - 2 * MARGIN, ""
    for word in text.split(" "):
        if font.getlength(f"{line} {word}".strip()) <= room:
            line = f"{line} {word}".strip()
            continue
        if line:
            yield line
        *whole, line = _pieces(word, font, room)
        yield from whole
    yield line


def _pieces(word: str, font: FreeTypeFont, room: int) -> list[str]:
    """A word that is longer than a line, in parts that are not."""
    parts = [""]
    for char in word:
        if font.getlength(parts[-1] + char) > room:
            parts.append("")
        parts[-1] += char
    return parts


def _cut(text: str, font: FreeTypeFont, room: int) -> str:
    if font.getlength(text) <= room:
        return text
    while text and font.getlength(f"{text} …") > room:
        text = text[:-1]
    return f"{text.rpartition(' ')[0] or text} …"


def _publishers(document: BriefDocument) -> str:
    names = list(dict.fromkeys(short(source.publisher) for source in document.sources))
    return ", ".join(names[:2]) + (f" and {len(names) - 2} more" if len(names) > 2 else "")


def _made(document: BriefDocument) -> str:
    labels = ["Corrected"] if document.headline.struck else []
    labels += ["Extractive"] if document.writer == "extractive" else []
    labels += ["Sample"] if document.sample else []
    return "  ·  ".join((*labels, f"{document.written_at:%-d %B %Y}"))


@cache
def _font(size: int, weight: int) -> FreeTypeFont:
    # Without the layout engine for complex scripts: our font has none of them, and it is one thing less to feed.
    font = ImageFont.truetype(FONT, size, layout_engine=Layout.BASIC)
    font.set_variation_by_axes([weight])
    return font
