"""Copies: the same text through another source or again, however lightly edited; never merely the same subject."""

from __future__ import annotations

from datetime import timedelta

from ingest.duplicates import Print, copies, fingerprint
from tests.ingest.newsroom import NOON

BODY = " ".join(
    f"In paragraph {n} the paper reports a detail that nobody else has found, number {n * 7}."
    for n in range(9)
)


def told(key: int, title: str, text: str, *, source: str = "a", url: str = "", days: float = 0) -> Print:
    return fingerprint(
        key, source, url or f"https://{source}.example/{key}", title, text, NOON + timedelta(days=days)
    )


def test_it_names_the_earliest_as_the_original_whatever_the_order() -> None:
    first, second, third = (told(n, "Lab opens model", BODY, source=f"s{n}", days=n) for n in (1, 2, 3))
    assert copies([third, second, first], []) == {2: 1, 3: 1}


def test_it_sees_through_light_edits() -> None:
    edited = (
        BODY.replace("nobody", "no one").replace("paragraph 3", "the third paragraph") + " Reporting by wire."
    )
    assert copies(
        [told(1, "Lab opens model", BODY), told(2, "A lab opens a model", edited, source="b")], []
    ) == {2: 1}


def test_it_finds_copies_of_what_was_stored_before() -> None:
    known = told(1, "Lab opens model", BODY)
    assert copies([told(2, "Lab opens model", BODY, source="b", days=1)], [known]) == {2: 1}


def test_it_needs_the_headline_for_teasers_of_a_few_words() -> None:
    one = told(1, "Claude Code and new admin controls", "")
    same = told(2, "Claude Code and new admin controls", "New seats.", source="b")
    other = told(3, "Claude Sonnet now takes longer prompts", "New seats.", source="c")
    assert copies([one, same, other], []) == {2: 1}


def test_a_post_in_two_parts_of_a_site_is_one_whatever_the_teasers_say() -> None:
    teaser, other = BODY[:200], BODY[-200:]
    post = told(1, "Project Vend", teaser, url="https://lab.example/research/vend")
    again = told(2, "Project Vend", other, source="b", url="https://blog.lab.example/vend")
    bare = told(3, "Project Vend", "", source="c", url="https://mirror.example/news/vend")
    late = told(4, "Project Vend", other, source="b", url="https://blog.lab.example/vend", days=3)
    foreign = told(5, "Project Vend", BODY[250:430], source="d", url="https://paper.example/news/vend")
    assert copies([post, again, bare], []) == {2: 1, 3: 1}
    assert copies([post, late, foreign], []) == {}


def test_it_keeps_a_newsletters_equal_headlines_apart() -> None:
    monday = told(
        1,
        "Not much happened today at all",
        "Alibaba showed an image model. " * 3 + "Meta hired a chief scientist.",
    )
    tuesday = told(
        2,
        "Not much happened today at all",
        "Cohere raised money again. " * 3 + "Nvidia sold its shares.",
        days=1,
    )
    assert copies([monday, tuesday], []) == {}


def test_it_keeps_two_reports_of_one_event_apart() -> None:
    one = told(
        1,
        "OpenAI launches GPT-5",
        "The model reached all users of ChatGPT on Thursday, said Sam Altman, its chief.",
    )
    two = told(
        2,
        "GPT-5 is here",
        "Sam Altman's company gave every user of ChatGPT its new model on Thursday evening.",
    )
    assert copies([one, two], []) == {}


def test_it_trusts_one_link_across_sources_but_not_within_a_changelog() -> None:
    link = "https://lab.example/changelog"
    one = told(1, "Version 1.0 brings agents", "Agents can now browse.", url=link)
    two = told(2, "Version 1.1 repairs memory", "Memory no longer leaks.", url=link)
    mirror = told(3, "Lab: version 1.0", "", source="mirror", url=link)
    assert copies([one, two], []) == {}
    assert copies([one, mirror], []) == {3: 1}


def test_it_takes_what_returns_after_weeks_for_new() -> None:
    assert (
        copies([told(1, "Lab opens model today", BODY), told(2, "Lab opens model today", BODY, days=30)], [])
        == {}
    )


def test_it_stays_quick_when_a_feed_repeats_one_headline() -> None:
    many = [
        told(n, "Status of all the systems", f"Check {n} went " + f"w{n} " * 30, days=n / 1000)
        for n in range(1500)
    ]
    assert copies(many, []) == {}
