"""Splitting text into sentences, and telling which of them can be used."""

from __future__ import annotations

import pytest

from briefings.write.anaphora import leans_back, names_somebody, speaks_of_somebody
from briefings.write.furniture import tells, trimmed
from briefings.write.sentences import balanced, split

ONE = [
    "Mr. Cook met Sen. Paul at 9 a.m. on Jan. 5 in St. Louis.",
    "The U.S. Senate fined Acme Inc. $1.3 billion in No. 4 of its cases.",
    "Robert S. Mueller spoke for the F.B.I. director on Tuesday.",
    "“We think so. It is good,” she said.",
    '"Is it good?" Cook asked.',
    "Yahoo! said it would sell its stake.",
    "It scored 74.9 percent with GPT-5.1 and v2.0 of the tool.",
]


@pytest.mark.parametrize("text", ONE)
def test_it_keeps_one_sentence_whole(text: str) -> None:
    assert [text[start:end] for start, end in split(text)] == [text]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("It opened in the U.S. The company is glad.", "It opened in the U.S."),
        ("He paid Acme Inc. It was late.", "He paid Acme Inc."),
        ("“It is over.” The room was quiet.", "“It is over.”"),
        ("Sales rose 1.5 percent. iPhone sales fell.", "Sales rose 1.5 percent."),
        ("It ships at 5 p.m. The price is $2.", "It ships at 5 p.m."),
    ],
)
def test_it_ends_a_sentence_where_it_ends(text: str, first: str) -> None:
    start, end = split(text)[0]
    assert text[start:end] == first
    assert len(split(text)) == 2


def test_it_counts_offsets_in_the_whole_text() -> None:
    text = "Title here\n\nOne thing happened.  Then another did."
    assert [text[a:b] for a, b in split(text, 12, len(text))] == ["One thing happened.", "Then another did."]


@pytest.mark.parametrize(
    ("text", "is_balanced"),
    [
        ("He said “yes” (twice).", True),
        ("He said “yes.", False),
        ("and (so on.", False),
        ("the 'good' ones' day", True),
    ],
)
def test_it_knows_open_marks(text: str, is_balanced: bool) -> None:
    assert balanced(text) is is_balanced


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("WASHINGTON (Reuters) - The Senate voted on the bill.", "The Senate voted on the bill."),
        ("SAN FRANCISCO, Jan. 5 (AP) — Apple sold phones.", "Apple sold phones."),
        ("But Apple sold phones.", "Apple sold phones."),
        ("However, Google did not.", "Google did not."),
        ("But the company did not.", "But the company did not."),
        (
            "Web grounding: Once the task is set, the agent searches.",
            "Once the task is set, the agent searches.",
        ),
        ("Ada Example said: The plan is late.", "Ada Example said: The plan is late."),
    ],
)
def test_it_cuts_datelines_and_fillers(text: str, kept: str) -> None:
    assert text[trimmed(text, 0, len(text), opens_passage=True) :] == kept


@pytest.mark.parametrize(
    "text",
    [
        "Sign up for our newsletter to get the best stories every day.",
        "The plan will be expanded to many more countries and…",
        "What does the plan mean for the people who work there today?",
        "I think the plan is a mistake that nobody will want to repeat.",
        "“The plan is a mistake that nobody will ever want to repeat.",
        "President Ada Example speaks during a rally in Lisbon on May 3, 2019.",
        "Too short to tell.",
        "Delivering better service to every customer with agents that learn.",
        "Programmatically build agents that other agents can then call.",
        "Helps uncover areas where the assistant may struggle or produce errors.",
        "Taught by 25 veterans who are experts in retrieval, learning and operations.",
        "On the video the men shout that everybody in the house is a f***ing liar.",
    ],
)
def test_it_refuses_what_tells_no_story(text: str) -> None:
    assert not tells(text)


@pytest.mark.parametrize(
    ("text", "leans"),
    [
        ("This makes the phone slower than it was.", True),
        ("He said the phone was slow.", True),
        ("The company said the phone was slow.", True),
        ("Figueira said she would answer in a week.", False),
        ("In a blog post, he wrote that it was late.", True),
        ("Lumen Labs said it would answer in a week.", False),
        ("Lumen Labs will show its phone next week, he said.", True),
        ("The agency knew of the link, and from that it learned nothing.", True),
        ("“It was late,” he said.", True),
        ("“Nobody says who said these words here.”", True),
        ("“If either of those is missing, we remove it,” Figueira said.", False),
        ("“That is what we saw,” Figueira said.", True),
        ("Figueira said either of those would do.", True),
        ("Investors in other firms cannot tell from it what a court will say.", True),
        ("A shop cannot tell from its books what it will earn.", False),
        ("Phones with two cards make it easy to change the network.", False),
        ("In two hours, it made 900 calls and found two errors.", True),
        ("In two hours, it is easy to make 900 calls.", False),
        ("Buyers will therefore have to ask the shop.", True),
        ("Cards are dear, and buyers will therefore have to ask the shop.", False),
        ("Figueira connected the phone to that database.", True),
        ("Figueira built a database and connected the phone to that database.", False),
        ("All this, Figueira said, had a cost.", True),
        ("Figueira will borrow a large part of the rest.", True),
    ],
)
def test_it_sees_what_leans_on_the_sentence_before(text: str, leans: bool) -> None:
    assert (
        leans_back(text, frozenset({"Figueira", "Lumen", "Labs"}), frozenset({"Figueira"}), frozenset())
        is leans
    )


def test_a_named_thing_stands_where_the_story_is_about_it() -> None:
    text = "The settlement must still be approved by a court."
    assert leans_back(text, frozenset(), frozenset(), frozenset())
    assert not leans_back(text, frozenset(), frozenset(), frozenset({"settlement"}))


@pytest.mark.parametrize(
    ("before", "known"),
    [
        ("The Figueira campaign bought the ads.", False),
        ("Figueira bought the ads.", True),
        ("Mr. Example bought the ads.", True),
        ("A former engineer bought the ads.", True),
        ("Lumen Labs bought the ads.", False),
    ],
)
def test_it_knows_who_he_can_be(before: str, known: bool) -> None:
    assert speaks_of_somebody("“It is ironic,” he added.", frozenset({"Figueira"}))
    assert names_somebody(before, ["Figueira"]) is known
