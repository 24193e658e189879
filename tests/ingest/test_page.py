"""What is taken for the article of a page, and how it becomes paragraphs."""

from __future__ import annotations

from ingest.page import article

LONG = "The company shipped its model on Friday after a year of work, and said that it costs half as much as before."
SECOND = "Analysts called the price a surprise; two customers told the newsroom that they would move at once."
THIRD = "Regulators in three countries asked for the figures behind the claim, and were told that they would come soon."
FOURTH = "The rival that had held the lead since March said nothing on Friday, and its shares fell by four per cent."


def taken(body: str, head: str = "") -> list[str]:
    found = article(
        f"<!doctype html><html><head>{head}</head><body>{body}</body></html>", "https://a.example/p"
    )
    return found.paragraphs if found else []


def in_article(*parts: str) -> list[str]:
    return taken(f"<main><article><h1>Model ships</h1>{''.join(parts)}</article></main>")


def p(*texts: str) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def test_lines_wrapped_in_the_source_are_one_paragraph() -> None:
    wrapped = LONG.replace(" ", "\n    ")
    assert LONG in in_article(p(wrapped, SECOND))


def test_a_link_or_a_name_in_code_does_not_break_a_paragraph() -> None:
    marked = LONG.replace("model", '<a href="/m">model</a>').replace("Friday", "<code>Friday</code>")
    assert LONG in in_article(p(marked, SECOND))


def test_a_line_break_after_a_sentence_begins_a_paragraph_and_one_within_does_not() -> None:
    inside = SECOND.replace("; ", ";<br>")
    assert in_article(p(f"{LONG}<br>{inside}<br><br>{THIRD}"))[-3:] == [LONG, SECOND, THIRD]


def test_links_to_other_articles_at_the_end_are_left_out() -> None:
    more = "".join(
        f'<li><a href="/{n}">How number {n} of our best stories came to be told</a></li>' for n in range(4)
    )
    told = in_article(p(LONG, SECOND, THIRD), f"<ul>{more}</ul>")
    assert told[-1] == THIRD


def chunk(*texts: str, name: str = "body__container") -> str:
    return f'<div class="grid"><div class="{name}">{p(*texts)}</div></div>'


def test_an_article_in_boxes_between_adverts_is_read_whole() -> None:
    boxes = [chunk(*[f"{n}{k} {text}" for k in range(3) for text in (LONG, SECOND)]) for n in range(3)]
    told = in_article(f"<div>{boxes[0]}<aside>Advert</aside>{boxes[1]}<aside>Advert</aside>{boxes[2]}</div>")
    assert len([text for text in told if LONG in text]) == 9


def test_boxes_of_comments_are_no_part_of_the_article() -> None:
    comments = [
        chunk(f"{n} {THIRD} {THIRD}", f"{n} {FOURTH} {FOURTH}", name="comment-body") for n in range(2)
    ]
    told = in_article(chunk(*[f"{k} {text}" for k in range(3) for text in (LONG, SECOND)]), *comments)
    assert not [text for text in told if FOURTH in text]


def test_broken_or_deep_announcements_harm_nothing() -> None:
    for script in ('{"articleBody": ', "[" * 100_000, '{"articleBody": 1}'):
        head = f'<script type="application/ld+json">{script}</script>'
        assert taken(f"<article>{p(LONG, SECOND, THIRD)}</article>", head) == [LONG, SECOND, THIRD]


def test_a_page_knows_its_own_headlines() -> None:
    found = article(f"<article><h1>Model\n ships</h1>{p(LONG, SECOND)}</article>", "")
    assert found is not None
    assert "Model ships" in found.headlines
