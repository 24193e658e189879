"""Draws a QR code as the path of an SVG picture; pure."""

from __future__ import annotations

from dataclasses import dataclass

import qrcode

QUIET = 4  # modules of white around it, as the standard asks


@dataclass(frozen=True, slots=True)
class Picture:
    """A square of `size` modules, and the SVG path of the dark ones."""

    size: int
    path: str


def draw(text: str) -> Picture:
    code = qrcode.QRCode(border=QUIET)
    code.add_data(text)
    rows = code.get_matrix()
    dark = [f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, module in enumerate(row) if module]
    return Picture(len(rows), "".join(dark))
