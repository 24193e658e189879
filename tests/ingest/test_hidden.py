"""What styles keep from readers is kept from models too; what waits for a script, or is for some screens, is not."""

from __future__ import annotations

import pytest

from ingest.hidden import shown
from ingest.plain import html_paragraphs

SEEN = "<p>Harbor Labs opened a yard in Lisbon on Tuesday, where people build robots.</p>"


@pytest.mark.parametrize(
    "html",
    [
        '<p style="display:none">secret</p>',
        '<p style="DISPLAY : none !important">secret</p>',
        '<span style="visibility:hidden">secret</span>',
        '<div style="color:red;font-size:0">secret</div>',
        '<div style="font-size: 1px; color: #fff">secret</div>',
        '<div style="opacity:0.0">secret</div>',
        '<div style="position:absolute;left:-9999px">secret</div>',
        '<div style="text-indent:-5000px">secret</div>',
        '<div style="height:0;overflow:hidden"><p>secret</p></div>',
        '<p style="color:white">secret</p>',
        "<p hidden>secret</p>",
        '<style>.x, p.note {display:none}</style><p class="big note">secret</p>',
        "<style>/* .y{} */ #z{visibility:hidden}</style><p id=z>secret</p>",
        "<template>secret</template><!-- secret -->",
    ],
)
def test_it_leaves_out_what_is_hidden(html: str) -> None:
    assert html_paragraphs(shown(f"{SEEN}{html}{SEEN}")) == html_paragraphs(SEEN) * 2


@pytest.mark.parametrize(
    "html",
    [
        '<p style="color:white;background:black">told</p>',
        '<p style="font-size:10px;opacity:0.9;margin-left:-10px">told</p>',
        '<div style="max-height:100px">told</div>',
        '<style>@media print {.x{display:none}} .y{display:block}</style><p class="x y">told</p>',
        '<style media="print">.x{display:none}</style><p class="x">told</p>',
        '<p class="hidden-gem">told</p>',
    ],
)
def test_it_keeps_what_readers_see(html: str) -> None:
    assert html_paragraphs(shown(f"{SEEN}{html}")) == [*html_paragraphs(SEEN), "told"]


def test_it_keeps_an_article_that_waits_for_its_script() -> None:
    html = f'<h1>Title</h1><div style="display:none">{SEEN * 3}</div>'
    assert html_paragraphs(shown(html)) == ["Title", *html_paragraphs(SEEN) * 3]
