"""Reading hostile bytes in a guarded child: what is understood, what is refused, and that nothing gets through."""

from __future__ import annotations

import multiprocessing
import os
import time
from datetime import UTC, datetime

import psutil
import pytest

from ingest import parse, plain
from ingest.parse import Outline, ParsedFeed, ParseError, extract_page, parse_feed, parse_opml
from tests.fakes.web_server import item, rss

URL = "https://news.example.com/feed.xml"


def feed(body: str | bytes) -> ParsedFeed:
    return parse_feed(body.encode() if isinstance(body, str) else body, URL, "")


def refused(body: str | bytes) -> ParseError:
    with pytest.raises(ParseError) as caught:
        feed(body)
    return caught.value


def test_it_reads_rss() -> None:
    got = feed(
        rss(item("A &amp; B", "/1", "<p>One.</p><p>Two.</p>", "g1", "Fri, 08 Aug 2025 10:00:00 +0200"))
    )
    one = got.items[0]
    assert (got.title, one.title, one.url, one.guid) == ("Feed", "A & B", "https://news.example.com/1", "g1")
    assert one.paragraphs == ("One.", "Two.")
    assert one.published == datetime(2025, 8, 8, 8, tzinfo=UTC)


def test_it_reads_atom_and_takes_the_fuller_text() -> None:
    got = feed(
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>T</title><entry><title>E</title><id>i</id>'
        '<link href="https://a.example/e"/><updated>2025-08-08T10:00:00Z</updated><summary>Short.</summary>'
        '<content type="html">&lt;p&gt;The whole article, at length.&lt;/p&gt;</content></entry></feed>'
    )
    assert got.items[0].paragraphs == ("The whole article, at length.",)
    assert got.items[0].published is None
    assert got.items[0].updated == datetime(2025, 8, 8, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("title", "category", "name"),
    [
        ("top scoring links : ClaudeAI", 'term="ClaudeAI" label="r/ClaudeAI"', "r/ClaudeAI"),
        ("newest submissions : OpenAI", 'term="OpenAI" label="r/OpenAI"', "r/OpenAI"),
        ("Claude, and all of it", 'term="ClaudeAI" label="r/ClaudeAI"', "Claude, and all of it"),
        ("The Paper: AI", 'term="AI"', "The Paper: AI"),
        ("The Paper : AI", 'label="Artificial intelligence"', "The Paper : AI"),
        ("The Paper : AI", 'term="AI" label="Artificial intelligence"', "The Paper : AI"),
        ("The Paper : AI", 'term="AI"/><called>r/AI</called><b', "The Paper : AI"),
    ],
)
def test_a_forums_list_is_called_by_the_forums_name(title: str, category: str, name: str) -> None:
    got = feed(
        f'<feed xmlns="http://www.w3.org/2005/Atom"><category {category}/><title>{title}</title><entry><title>E</title>'
        '<id>i</id><category term="E" label="r/Entry"/></entry></feed>'
    )
    assert got.title == name


def test_it_reads_rdf() -> None:
    got = feed(
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
        "<channel><title>T</title></channel><item><title>E</title><link>https://a.example/e</link></item></rdf:RDF>"
    )
    assert [one.title for one in got.items] == ["E"]


def test_a_feed_without_entries_is_an_empty_feed_and_no_error() -> None:
    assert feed(rss()).items == ()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("", "empty"),
        (" \n ", "empty"),
        (b"\x00\x00", "empty"),
        (
            "<!doctype html><html><head><title>Sign in</title></head><body><form></form></body></html>",
            "not_a_feed",
        ),
        ("<html><body>429 Too Many Requests</body></html>", "not_a_feed"),
        ("Too many requests", "not_a_feed"),
        ('{"error": "rate limited"}', "not_a_feed"),
        ("[" * 100_000, "not_a_feed"),
        ("<?xml version='1.0'?><note>hi</note>", "not_a_feed"),
        (rss(item("One"), item("Two"))[:-40], "broken"),
        (rss(item("One"))[:60], "broken"),
        (b"\x1f\x8b\x08 still packed", "not_a_feed"),
        (b"\x89PNG\r\n\x1a\n" + bytes(200), "not_a_feed"),
    ],
)
def test_it_calls_nothing_an_empty_feed_that_is_none(body: str | bytes, code: str) -> None:
    assert refused(body).code == code


def test_it_keeps_the_good_entries_of_a_feed_with_a_bad_one() -> None:
    got = feed(
        rss(item("One", "https://a.example/1"), "<item><title>Two &nosuch; </title></item>", item("Three"))
    )
    assert [one.title.split()[0] for one in got.items] == ["One", "Two", "Three"]


@pytest.mark.parametrize(
    "odd",
    [
        "<title>&#55296;&nosuch;</title>",
        "<title>&#99999999999999999999;&nosuch;</title>",
        '<description xml:base="http://[::1">Text</description>',
        "<link>http://[::1</link>",
        "<image><width/><height>wide</height></image>",
        "<textinput><link>x</link></textinput><textinput/>",
        '<p:pos xmlns:p="http://www.opengis.net/gml">1</p:pos>',
        '<p:chapter xmlns:p="http://podlove.org/simple-chapters"/>',
        "<category/></category></link></width>",
    ],
)
def test_an_odd_element_costs_no_entry(odd: str) -> None:
    got = feed(rss(item("One"), f"<item>{odd}</item>", item("Three")))
    assert [one.title for one in got.items][::2] == ["One", "Three"]


def test_it_keeps_only_what_a_reader_can_see() -> None:
    hidden = "pay\u200bl\u202eoa\u2066d\U000e0041\ufeff\x07"
    got = feed(rss(item(f"T{hidden}", "https://a.example/1", f"<p>B{hidden}</p>")).replace("\x07", ""))
    assert got.items[0].title == "Tpayload"
    assert got.items[0].paragraphs == ("Bpayload",)


def test_an_entry_without_a_link_has_none() -> None:
    assert feed(rss("<item><title>T</title><link/></item>")).items[0].url == ""


def test_a_guid_is_a_link_only_where_it_is_one() -> None:
    bare, link = feed(rss(item("T", guid="post-7"), item("T", guid="https://a.example/8"))).items
    assert (bare.guid, bare.url) == ("post-7", "")
    assert link.url == "https://a.example/8"


def test_it_names_all_authors() -> None:
    got = feed(
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>E</title><author><name>Ada</name></author>'
        "<author><name>Ben</name><email>b@a.example</email></author></entry></feed>"
    )
    assert got.items[0].author == "Ada, Ben"


def test_it_takes_the_publishers_link_rather_than_an_enclosure_or_a_counter() -> None:
    got = feed(
        '<rss xmlns:f="http://rssnamespace.org/feedburner/ext/1.0"><channel><item><title>T</title>'
        "<link>https://count.example/~r/1</link><f:origLink>https://a.example/1</f:origLink></item></channel></rss>"
    )
    assert got.items[0].url == "https://a.example/1"


def test_relative_links_are_meant_from_the_nearest_base() -> None:
    got = feed(
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://b.example/blog/"><title>F</title>'
        '<link href="."/><entry><title>E</title><link href="e"/></entry></feed>'
    )
    assert (got.site_url, got.items[0].url) == ("https://b.example/blog/", "https://b.example/blog/e")


def test_it_survives_nul_bytes() -> None:
    assert feed(rss(item("One")).encode().replace(b"One", b"O\x00ne")).items[0].title == "One"


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "jav&#x09;ascript:alert(1)",
        " JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "vbscript:x",
        "http://",
    ],
)
def test_it_keeps_only_links_to_the_web(link: str) -> None:
    got = feed(rss(f"<item><title>T</title><link>{link}</link></item>"))
    assert got.items[0].url == ""


def test_it_leaves_no_markup_in_text() -> None:
    nasty = "<p onclick=x>Hi <img src=x onerror=alert(1)> <b>there</b></p><script>evil()</script><style>p{}</style>"
    assert feed(rss(item("T", text=nasty + "<svg><script>evil()</script></svg>"))).items[0].paragraphs == (
        "Hi there",
    )


@pytest.mark.parametrize(
    ("escaped", "meant"),
    [
        ("AT&amp;amp;T buys chips", "AT&T buys chips"),
        ("It isn&amp;#8217;t out", "It isn’t out"),
        ("R&amp;amp;amp;D pays", "R&D pays"),
        ("How &lt;canvas&gt; draws", "How <canvas> draws"),
        ("Write &amp;lt; for it", "Write &lt; for it"),
    ],
)
def test_it_resolves_what_was_escaped_twice(escaped: str, meant: str) -> None:
    assert plain.line(escaped) == meant
    assert plain.html_paragraphs(f"<p>{escaped}</p>") == [meant]


def test_it_takes_the_newest_two_thousand() -> None:
    days = [f"{1 + n % 28:02} Aug {1000 + n // 28:04} 10:00:00 +0000" for n in range(3000)]
    got = feed(rss(*(item(f"T{n}", guid=str(n), date=day) for n, day in enumerate(days))))
    assert (len(got.items), got.left_out) == (2000, 1000)
    assert got.items[0].title.startswith("T29")


def test_a_killed_child_is_replaced() -> None:
    feed(rss())
    child = parse._children.idle[-1]
    child.process.kill()
    child.process.wait()
    assert feed(rss()).items == ()


def _parse_in_fork(outcome: multiprocessing.Queue[str]) -> None:
    outcome.put(feed(rss(item("Forked"))).items[0].title)
    parse.stop()


def test_a_forked_process_starts_children_of_its_own() -> None:
    feed(rss())
    before = {child.process.pid for child in parse._children.idle}
    context = multiprocessing.get_context("fork")
    outcome = context.Queue()
    process = context.Process(target=_parse_in_fork, args=(outcome,), daemon=True)
    process.start()
    assert outcome.get(timeout=20) == "Forked"
    process.join(20)
    assert feed(rss(item("Parent"))).items[0].title == "Parent"
    assert before & {child.process.pid for child in parse._children.idle}


def _leave_child_behind(told: multiprocessing.Queue[int]) -> None:
    feed(rss())
    told.put(parse._children.idle[-1].process.pid)
    told.close()
    told.join_thread()
    os._exit(1)


def test_a_child_ends_when_its_parent_is_gone() -> None:
    context = multiprocessing.get_context("fork")
    told = context.Queue()
    process = context.Process(target=_leave_child_behind, args=(told,))
    process.start()
    pid = told.get(timeout=20)
    process.join(20)
    deadline = time.monotonic() + 15
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_a_child_knows_no_secrets() -> None:
    feed(rss())
    environment = psutil.Process(parse._children.idle[-1].process.pid).environ()
    assert set(environment) <= {"PYTHONPATH", "PYTHONIOENCODING", "LC_CTYPE"}


PAGE = """<!doctype html><html lang="en"><head><title>Model ships</title></head><body><header><nav><a href="/">Home</a>
<a href="/w">World</a> <a href="/s">Subscribe now</a></nav></header><main><article><h1>Model ships</h1>
<p class="byline">Ann Author | 2025-08-08</p><p>This article is more than 3 years old</p>
<p>The company shipped its model on Friday after a year of work, and said that it costs half as much as before.</p>
<p>Rival ships a model too Read more</p>
<p>Analysts called the price a surprise; two customers told the newsroom that they would move their work at once.</p>
<p>ADVERTISEMENT</p><p>Share this: Facebook Twitter</p></article></main><footer>Copyright 2025</footer></body></html>"""


def test_it_takes_an_article_out_of_its_page() -> None:
    page = extract_page(PAGE.encode(), "https://a.example/p", "utf-8", "Model ships", "Ann Author")
    assert [text.split()[0] for text in page.paragraphs] == ["The", "Analysts"]


def test_it_finds_no_article_on_a_page_without_one() -> None:
    with pytest.raises(ParseError) as caught:
        extract_page(b"<html><body><form>Sign in</form></body></html>", "https://a.example/p", "")
    assert caught.value.code == "no_text"


def test_it_takes_the_newest_of_fifty_thousand() -> None:
    dates = [f"<pubDate>{1 + n % 28} Aug {2025 - n // 14_000} 10:00:00 GMT</pubDate>" for n in range(50_000)]
    got = feed(rss(*(f"<item><title>T{n}</title>{date}</item>" for n, date in enumerate(reversed(dates)))))
    assert (len(got.items), got.left_out) == (2000, 48_000)
    assert {one.published for one in got.items} == {
        datetime(2025, 8, day, 10, tzinfo=UTC) for day in (25, 26, 27, 28)
    }


def test_it_reads_nested_opml_and_refuses_anything_else() -> None:
    body = b'<opml version="2.0"><body><outline text="g"><outline type="rss" text="A" xmlUrl="https://a.example/f"/></outline></body></opml>'
    assert parse_opml(body) == [Outline("https://a.example/f", "A", ("g",))]
    with pytest.raises(ParseError):
        parse_opml(b"<html><body>no</body></html>")


NOTICE = "RSS reader not yet whitelisted!"


@pytest.mark.parametrize(
    "body",
    [
        rss(item(NOTICE, "https://a.example/")),
        rss(item(NOTICE, "https://a.example/1", date="Fri, 08 Aug 2025 10:00:00 GMT"), title=NOTICE),
        rss(title="429 Too Many Requests"),
    ],
)
def test_a_notice_in_feed_form_is_no_feed(body: str) -> None:
    got = refused(body)
    assert got.code == "not_a_feed"
    assert got.words.startswith("the server sends a notice in place of its feed: ")


def test_news_of_a_rate_limit_is_no_notice() -> None:
    news = item("Anthropic sets a rate limit for Claude Code", date="Fri, 08 Aug 2025 10:00:00 GMT")
    assert len(feed(rss(news)).items) == 1


def test_what_a_server_puts_behind_a_feed_does_not_make_it_cut_off() -> None:
    body = rss(item("One"), item("Two")) + "<script>" + "x = 1 & 2; " * 1000 + "</script>"
    assert len(feed(body).items) == 2
