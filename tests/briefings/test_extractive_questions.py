"""The questions that sentences answer: read from their main clauses, and asked only where the answer is real."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from briefings.write.clauses import clause_of
from briefings.write.extractive import write_extractive
from briefings.write.heads import heads_of
from briefings.write.names import names_of
from briefings.write.speakers import speaker_of
from tests.briefings.extractive_promises import material, source_text

TOLD = (
    "Equifax was fined on Monday. Regulators said Equifax and the FTC had agreed. All customers will be paid by "
    "Equifax. Posts were removed by Twitter and by Facebook."
)
NAMES = names_of([TOLD], ["Equifax fined"])


@pytest.mark.parametrize(
    ("text", "question"),
    [
        (
            "Credit-reporting company Equifax has agreed to pay the bill in a deal with the regulator.",
            "What has Equifax agreed to?",
        ),
        (
            "Customers must submit a claim in order to receive free credit monitoring.",
            "What must customers do?",
        ),
        (
            "The agency, based in Atlanta, can revoke a licence within a month.",
            "What can the agency do?",
        ),
        (
            "Cities that rent the robots must keep them indoors until June.",
            "What must cities that rent the robots do?",
        ),
        (
            "If the court rejects the deal, customers get nothing before 2027.",
            "What happens if the court rejects the deal?",
        ),
        (
            "The accounts were suspended for violating a rule on spam.",
            "Why were the accounts suspended?",
        ),
        (
            "Equifax defended the deal, saying it had no better choice.",
            "How did Equifax defend the deal?",
        ),
        (
            "Equifax closed the leak by changing every password.",
            "How did Equifax close the leak?",
        ),
        (
            "Shares of Equifax dipped before the market opened.",
            "How did shares of Equifax react?",
        ),
        (
            "Equifax began sending the letters on Wednesday, three weeks after the leak.",
            "When did Equifax begin sending the letters?",
        ),
        (
            "All customers are entitled to a free report each year.",
            "What are all customers entitled to?",
        ),
        (
            "Regulators said Equifax had hidden the leak for a month.",
            "What had Equifax hidden?",
        ),
    ],
)
def test_it_asks_what_the_main_clause_answers(text: str, question: str) -> None:
    assert question in [ask.question for ask in heads_of(text, NAMES)]


@pytest.mark.parametrize(
    "text",
    [
        "No customers provided figures for the new service.",
        "The Equifax rule goes further and requires it on every request.",
        "New ideas can move faster through the framework than before.",
        "Shops run in Porto answered by closing early.",
    ],
)
def test_it_asks_nothing_where_the_clause_is_not_surely_read(text: str) -> None:
    assert [ask.question for ask in heads_of(text, NAMES)] == []


def test_what_stands_between_commas_is_not_the_verb() -> None:
    clause = clause_of("The agency, based in Atlanta, did not detect the attack for six weeks.", NAMES)
    assert clause is None or clause.verb != "base"


def test_the_first_of_two_speakers_is_asked_about() -> None:
    text = "Twitter, for instance, said it had closed accounts, and Facebook said it had done so too."
    speaker = speaker_of(text, NAMES.in_text(text))
    assert speaker is not None
    assert speaker.text == "Twitter"


def test_who_declines_to_speak_says_nothing() -> None:
    text = "Equifax said it had no comment on the matter."
    assert speaker_of(text, NAMES.in_text(text)) is None


PAPER = [
    "Acme Robotics recalled 40,000 delivery robots on Monday after three of them rolled into traffic in Austin.",
    "Acme Robotics said the robots had misread a painted line as the edge of the pavement.",
    "The recall covers every robot that Acme Robotics built between March and September of last year.",
    "“Nobody was hurt, and nobody will be,” said Nora Vance, chief engineer at Acme Robotics.",
    "Vance added that the new software would reach all robots within a week of the recall.",
    "Experts said the recall shows how little the makers of delivery robots test them in the rain.",
    "“Paint shines when it is wet, and cameras take the shine for a kerb,” said Tom Brill, a professor of robotics.",
    "Cities that rent the delivery robots must keep them indoors until the new software is installed.",
    "Austin rents 300 of the delivery robots and paid Acme Robotics $2 million for them last year.",
    "The city council meets on Thursday to vote on whether Austin keeps its contract with Acme Robotics.",
    "Shares of Acme Robotics fell 7 percent in early trading on Monday after the recall was announced.",
    "Rival Beta Carts said its own carts use radar beside cameras and were not affected by paint.",
]


def test_who_is_introduced_at_the_end_of_their_words_is_a_person() -> None:
    names = names_of([" ".join(PAPER)], ["Acme Robotics recalls 40,000 delivery robots"])
    people = {name.text for name in names.found if name.person}
    assert {"Nora Vance", "Tom Brill"} <= people
    assert "Acme Robotics" not in people


def test_a_small_story_is_asked_about_from_several_sides() -> None:
    story = material(source_text(1, "Daily", "Acme Robotics recalls 40,000 delivery robots", PAPER))
    questions = [section.question for section in write_extractive(story).sections]
    assert len(questions) >= 3, questions


def test_a_quotation_in_two_spellings_is_told_once() -> None:
    said = "“Curious why I think Acme has too much power over our streets?” Nora Vance asked on Monday."
    again = "“Curious why I think [Acme Robotics] has too much power over our streets?” Vance wrote."
    body = write_extractive(
        material(
            source_text(1, "Daily", "Acme Robotics recalls 40,000 delivery robots", [*PAPER[:5], said]),
            source_text(2, "Weekly", "Acme Robotics recalls its robots", [*PAPER[5:], again]),
        )
    )
    told = [s.text for section in body.sections for s in section.answer]
    told += [s.text for s in (*body.takeaways, *body.lead, *body.catch, *body.bottom_line)]
    assert sum("Curious why" in text for text in told) <= 1


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("Durbin, however, said Twitter must answer for its own rules before June.", None),
        ("A regulator’s view of what Equifax said matters little now.", None),
        ("Regulators had agreed, said Equifax in a filing.", "Equifax"),
    ],
)
def test_words_are_put_into_no_mouth_that_did_not_say_them(text: str, speaker: str | None) -> None:
    found = speaker_of(text, NAMES.in_text(text))
    assert (found.text if found else None) == speaker


LETTER = [
    "Dear friends, I have been asked a lot lately whether the price of models still falls as fast as it did.",
    "Some people in our trade say foolish things about the price of models, and that is a pity for everybody.",
    "I hope the open models keep their lead in price.",
]
ITEMS = [
    "Acme released Halo 3 on Tuesday, an open model that answers in half the time its predecessor took.",
    "Halo 3 costs 20 cents per million tokens, which is less than any other model of its size.",
    "Acme trained Halo 3 on text in 40 languages that publishers had licensed to it for the purpose.",
    "Beta Robotics recalled 900 arms on Monday after two of them had dropped glass in a warehouse.",
    "The recall of the arms will take Beta Robotics a month and cost it about $3 million.",
]


def test_a_digest_begins_with_its_news_and_not_with_its_editors_letter() -> None:
    title = "Acme Releases Halo 3, Beta Robotics Recalls Arms, Courts Weigh Training Data"
    body = write_extractive(material(source_text(1, "Letter", title, [*LETTER, *ITEMS])))
    first = (*body.takeaways, *body.lead)[0]
    assert "Halo 3" in first.text or "Beta Robotics" in first.text
    assert not any("foolish" in sentence.text for sentence in (*body.takeaways, *body.lead))


SEARCHED = "Police search the harbour for the robot thief Ann Lee, who is armed and may be anywhere in Porto."
CAUGHT = [
    "Police in Porto caught the robot thief Ann Lee on Thursday in a garage near the harbour.",
    "Lee had taken nine delivery robots of Acme Robotics and sold their batteries on the market.",
    "Acme Robotics said it would put trackers into all of its robots in Porto by the end of the month.",
]


def test_what_was_so_before_the_news_is_no_takeaway_of_it() -> None:
    old = source_text(1, "Daily", "Police search for robot thief", [SEARCHED])
    new = source_text(2, "Post", "Robot thief Ann Lee caught in Porto", CAUGHT)
    old = replace(old, happened_at=old.happened_at - timedelta(days=2))
    body = write_extractive(replace(material(new, old), title=new.title))
    told = [sentence.text for sentence in (*body.takeaways, *body.lead)]
    assert told
    assert not any("may be anywhere" in text for text in told)


FACTS = [
    "The worker who found the leak had warned her chief about it twice in the spring, papers show.",
    "Nine lawyers drew up the papers in a hotel in Porto, at a cost that no one would name.",
]


def test_the_lead_echoes_no_takeaway() -> None:
    one = [
        "Acme agreed on Monday to pay a fine of $90 million over a leak of patient files in Porto.",
        *FACTS,
    ]
    two = [
        "Acme will pay a fine of $90 million for the leak of patient files in Porto, the city said.",
        *PAPER[5:9],
    ]
    title = "Acme to pay $90 million fine over leak of patient files"
    body = write_extractive(
        material(source_text(1, "Daily", title, one), source_text(2, "Weekly", f"{title} in Porto", two))
    )
    assert sum("$90 million" in sentence.text for sentence in (*body.takeaways, *body.lead)) == 1


def test_no_section_tells_again_what_the_takeaways_told() -> None:
    again = "Acme Robotics has recalled 40,000 delivery robots since Monday, a spokeswoman for it confirmed."
    because = "Acme Robotics recalled its robots because their cameras mistook the glare of streets in June for walls."
    title = "Acme Robotics recalls 40,000 delivery robots"
    body = write_extractive(
        material(source_text(1, "Daily", title, PAPER), source_text(2, "Weekly", title, [again, because]))
    )
    told = {s.text: section.question for section in body.sections for s in section.answer}
    assert again not in told
    assert told.get(because, "").startswith("Why did Acme Robotics recall")


def test_what_only_stands_next_is_no_part_of_an_answer() -> None:
    beside = "Porto also opened a swimming pool for 300 people beside the town hall in the same week of June."
    paper = [*PAPER[:8], f"{PAPER[8]} {beside}", *PAPER[9:]]
    story = material(source_text(1, "Daily", "Acme Robotics recalls 40,000 delivery robots", paper))
    body = write_extractive(story)
    groups = [body.lead, body.catch, *(section.answer for section in body.sections)]
    assert not any(beside in [s.text for s in group[1:]] for group in groups)


def test_what_followed_upon_the_news_does_not_tell_it() -> None:
    after = "Shares of Acme Robotics fell 7 percent after news of the recall of 40,000 delivery robots broke on Monday."
    story = material(source_text(1, "Daily", "Acme Robotics recalls 40,000 delivery robots", [after, *PAPER]))
    assert write_extractive(story).takeaways[0].text == PAPER[0]


def test_an_outlet_is_not_asked_about_for_what_it_reports() -> None:
    told = (
        "Reuters reported on Tuesday that Acme Robotics had known of the robots that misread paint since May."
    )
    story = material(source_text(1, "Daily", "Acme Robotics recalls 40,000 delivery robots", [*PAPER, told]))
    assert not any("Reuters" in section.question for section in write_extractive(story).sections)


GAME = [
    "The bot learned to play Twilight Struggle by itself, with nothing but the rules of the game to read.",
    "Twilight Struggle is a board game for two players, who take turns with cards about the years after 1945.",
    "Nobody had trained a language model to win at Twilight Struggle, which takes three hours to play.",
    "The code is public, so that anybody can build another bot for Twilight Struggle and let it play the first.",
    "Each of the 240 games cost 14 dollars, most of which went into the model's long thoughts before a move.",
]
OPEN = {"What comes next for", "What do critics say about"}


@pytest.mark.parametrize(
    ("more", "asked"),
    [
        ([], False),
        (
            ["Twilight Struggle, said its author, has been translated into eleven languages since 2005."],
            False,
        ),
        (["Twilight Struggle said on Monday that it would hire eleven people to look after the bot."], True),
    ],
)
def test_what_comes_next_is_asked_for_nothing_that_never_does_or_says_a_thing(
    more: list[str], asked: bool
) -> None:
    story = material(source_text(1, "Daily", "I taught a model to win Twilight Struggle", [*GAME, *more]))
    body = write_extractive(story)
    assert body.takeaways, "there is a brief"
    found = {opening for opening in OPEN for question in body.follow_ups if question.startswith(opening)}
    assert found == (OPEN if asked else set())


def test_it_is_for_who_did_what_the_headline_tells() -> None:
    body = write_extractive(
        material(source_text(1, "Daily", "Acme Robotics recalls 40,000 delivery robots", PAPER))
    )
    assert "What comes next for Acme Robotics?" in body.follow_ups
