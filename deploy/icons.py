"""Draws the icons of the installed app, which lie in `static/icons/`; run by hand when the mark changes.

.venv/bin/python deploy/icons.py
"""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw

INTO = Path(__file__).resolve().parent.parent / "static" / "icons"
GREEN, PAPER = "#0f4c43", "#fbf9f4"
# The path of static/favicon.svg, in its 32 units.
MARK = [
    (8, 24),
    (8, 8),
    (11.4, 8),
    (20.4, 18.6),
    (20.4, 8),
    (24, 8),
    (24, 24),
    (20.8, 24),
    (11.6, 13.2),
    (11.6, 24),
]
ROUND = 7
FINER = 4  # drawn larger and scaled down: Pillow's polygons have no soft edges


def draw(size: int, *, whole: bool) -> Image.Image:
    """The mark; `whole` fills the square, for systems that cut their own shape out of it."""
    unit = size * FINER / 32
    image = Image.new(
        "RGB" if whole else "RGBA", (size * FINER, size * FINER), GREEN if whole else (0, 0, 0, 0)
    )
    pen = ImageDraw.Draw(image)
    if not whole:
        pen.rounded_rectangle((0, 0, size * FINER - 1, size * FINER - 1), ROUND * unit, GREEN)
    pen.polygon([(x * unit, y * unit) for x, y in MARK], PAPER)
    return image.resize((size, size), Image.Resampling.LANCZOS).quantize(64)


if __name__ == "__main__":
    for name, size, whole in (
        ("icon-192", 192, False),
        ("icon-512", 512, False),
        ("maskable-512", 512, True),
        ("touch-180", 180, True),
    ):
        draw(size, whole=whole).save(INTO / f"{name}.png", optimize=True)
