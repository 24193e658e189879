"""A digest, a newsletter of several things, is told item by item and never as one story."""

from __future__ import annotations

from briefings.schemas import SourceText
from briefings.write.extractive import write_extractive
from briefings.write.items import items_of, narrowed
from tests.briefings.extractive_promises import broken_promises, material, source_text

LETTER = [
    "Dear friends,",
    "I have been asked a lot lately whether the price of models still falls as fast as it did.",
]
HALO = [
    "Halo 3 answers in half the time",
    "Acme released Halo 3 on Tuesday, an open model that answers in half the time its predecessor took. The model runs "
    "on a laptop with 16 gigabytes of memory.",
    "Halo 3 costs 20 cents per million tokens, which is less than any other model of its size. Acme trained Halo 3 on "
    "text in 40 languages that publishers had licensed to it for the purpose.",
    "Halo 3 solved 61 percent of the tasks in a public test of coding, against 48 percent for Halo 2. Acme has not "
    "published the training data of Halo 3.",
]
ARMS = [
    "Robot arms come back to the factory",
    "Beta Robotics recalled 900 arms on Monday after two of them had dropped glass in a warehouse in Ghent. The recall "
    "will take Beta Robotics a month and cost it about $3 million.",
    "Beta Robotics said that a worn cable had made the robot arms lose their grip. Customers of Beta Robotics must "
    "stop the arms until a technician has changed the cable, according to Beta Robotics.",
]
COURT = [
    "A court weighs what models may read",
    "A court in Munich heard the case of three publishers against Acme on Thursday. The publishers want damages for "
    "the training on their books, and the court will rule on the training data in May.",
    "Judges asked the publishers how many copies of a book a model keeps. The publishers could not say, and their "
    "lawyers pointed to a study of 40 novels that a model had repeated page by page.",
]
TITLE = "Acme Releases Halo 3, Beta Robotics Recalls Arms, Courts Weigh Training Data"


def digest(pk: int = 1) -> SourceText:
    return source_text(pk, "Letter", TITLE, [*LETTER, *HALO, *ARMS, *COURT])


def test_the_items_of_a_digest_are_found_in_the_order_of_its_headline() -> None:
    items = items_of(digest())
    assert [item.about for item in items] == TITLE.split(", ")
    first = digest().text[items[1].spans[0].start : items[1].spans[0].end]
    assert first.startswith("Beta Robotics recalled 900 arms")


def test_one_thing_under_several_headings_is_no_digest() -> None:
    article = source_text(1, "Blog", "Inside Halo 3: how Acme trained, tested and priced it", [*HALO, *ARMS])
    assert items_of(article) == ()
    assert items_of(source_text(1, "Daily", TITLE, HALO[1:])) == ()


def test_a_takeaway_names_each_item_and_the_rest_tells_the_first() -> None:
    story = material(digest())
    body = write_extractive(story)
    assert ["Halo 3" in body.takeaways[0].text, "arms" in body.takeaways[1].text] == [True, True]
    assert "court" in body.takeaways[2].text.lower()
    told = [*body.lead, *(sentence for section in body.sections for sentence in section.answer)]
    told += [*body.catch, *body.bottom_line]
    assert told
    end = story.articles[0].text.index(ARMS[0])
    assert all(sentence.citations[0].end <= end for sentence in told)
    assert not any("asked a lot" in sentence.text for sentence in (*body.takeaways, *told))
    assert broken_promises(story, body) == []


def test_beside_other_articles_a_digest_tells_only_of_their_event() -> None:
    report = source_text(2, "Daily", "Beta Robotics recalls 900 arms over a worn cable", [ARMS[1]])
    story = narrowed(material(report, digest()))
    passages = [story.articles[1].text[span.start : span.end] for span in story.articles[1].spans[1:]]
    assert passages == ARMS[1:]
    body = write_extractive(material(report, digest()))
    assert not any("Halo 3" in s.text for s in (*body.takeaways, *body.lead))


def test_a_roundup_without_a_list_is_told_by_its_first_sections() -> None:
    article = source_text(1, "Letter", "Not much happened today", [*LETTER, *HALO, *ARMS, *COURT])
    assert [item.about for item in items_of(article)] == [HALO[0], ARMS[0], COURT[0]]
