"""Which article an entry is, from look to look: by guid, by link, by content, whatever its feed does to them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from ingest.decide import Draft, Known
from ingest.matching import compare
from tests.ingest.test_decide import NOW, drafts, entry

DAY = timedelta(days=1)


def known(draft: Draft, pk: int = 1) -> Known:
    return Known(
        pk,
        draft.identity,
        draft.guid,
        draft.canonical_url,
        draft.content_hash,
        draft.title,
        draft.published_at,
    )


def test_the_second_look_at_the_same_entries_changes_nothing() -> None:
    seen = drafts(entry("A", guid="a"), entry("B", "https://a.example/2", guid="b"))
    plan = compare(seen, [known(one, pk) for pk, one in enumerate(seen)])
    assert (plan.new, plan.changed, plan.unchanged) == ((), (), 2)


def test_an_edited_title_or_text_is_a_change() -> None:
    (before,) = drafts(entry("A", guid="a"))
    for edited in (entry("A, corrected", guid="a"), entry("A", "https://a.example/1", "a", "More text.")):
        assert len(compare(drafts(edited), [known(before)]).changed) == 1


def test_guids_made_up_anew_at_each_look_bring_nothing_twice() -> None:
    first = drafts(
        entry("A", guid="1", url="https://a.example/a"), entry("B", guid="2", url="https://a.example/b")
    )
    again = drafts(
        entry("A", guid="3", url="https://a.example/a"), entry("B", guid="4", url="https://a.example/b")
    )
    plan = compare(again, [known(one, pk) for pk, one in enumerate(first)])
    assert (plan.new, plan.unchanged) == ((), 2)


def test_one_article_takes_only_one_renamed_entry() -> None:
    (first,) = drafts(entry("A", guid="1", url=""))
    again = drafts(entry("A", guid="2", url=""), entry("A", guid="3", url=""))
    plan = compare(again, [known(first)])
    assert (len(plan.new), plan.unchanged) == (1, 1)


def test_an_entry_renamed_is_known_by_its_new_name() -> None:
    (before,) = drafts(entry("A", guid="1"))
    (after,) = drafts(entry("A", guid="2"))
    assert compare([after], [known(before)]).renamed == ((known(before), after),)
    assert compare([after], [known(after)]).renamed == ()


def test_a_page_that_moved_within_its_site_is_the_same_item() -> None:
    (before,) = drafts(
        entry("Claude thinks", "https://a.example/research/thinking", "https://a.example/research/thinking")
    )
    (after,) = drafts(
        entry("Claude thinks", "https://a.example/news/thinking", "https://a.example/news/thinking")
    )
    plan = compare([after], [known(before)])
    assert (plan.new, plan.unchanged, len(plan.renamed)) == ((), 1, 1)


def test_an_item_under_a_new_link_is_the_same_and_reached_there() -> None:
    (before,) = drafts(entry("A", "https://old.example/a", "1"))
    (after,) = drafts(entry("A", "https://new.example/a", "1"))
    plan = compare([after], [known(before)])
    assert (plan.new, plan.unchanged, plan.renamed) == ((), 1, ((known(before), after),))
    (without,) = drafts(entry("A", "", "1"))
    assert compare([without], [known(before)]).renamed == ()


def test_a_site_that_moved_and_was_edited_has_the_same_items() -> None:
    (before,) = drafts(entry("Evals", "https://old.example/posts/evals", "1", "Text."))
    (after,) = drafts(entry("Evals", "https://new.example/posts/evals", "2", "Text.", "More of it."))
    plan = compare([after], [known(before)])
    assert (plan.new, len(plan.changed), len(plan.renamed)) == ((), 1, 1)


def test_a_phrase_that_comes_back_is_another_item() -> None:
    updates = [
        entry("Product updates", f"https://a.example/updates/{n}", str(n), "What is new.") for n in range(3)
    ]
    before, *later = drafts(*updates)
    plan = compare(later, [known(before)])
    assert (len(plan.new), plan.unchanged) == (2, 0)
    (again,) = drafts(replace(entry("Open thread", "", ""), published=NOW - DAY))
    (today,) = drafts(entry("Open thread", "", "x"))
    assert len(compare([today], [known(again)]).new) == 1


def test_a_retitled_item_keeps_its_guid_or_its_link_and_date() -> None:
    (before,) = drafts(entry("99 % of my traffic is bots", guid="1"))
    (same_guid,) = drafts(entry("A year of fighting scrapers", "https://a.example/2", guid="1"))
    (same_link,) = drafts(entry("A year of fighting scrapers", guid="2"))
    for after in (same_guid, same_link):
        plan = compare([after], [known(before)])
        assert (plan.new, len(plan.changed)) == ((), 1)


def test_a_page_that_tells_something_else_each_day_brings_something_new() -> None:
    (monday,) = drafts(replace(entry("Monday: chips", "https://a.example/today", "1"), published=NOW - DAY))
    (tuesday,) = drafts(entry("Tuesday: models", "https://a.example/today", "2"))
    assert compare([tuesday], [known(monday)]).new == (tuesday,)


def test_a_redated_item_is_the_same_and_unchanged() -> None:
    (before,) = drafts(entry("A", guid="1"))
    (after,) = drafts(replace(entry("A", guid="1"), published=NOW - 300 * DAY))
    assert compare([after], [known(before)]).unchanged == 1


def test_one_guid_for_all_loses_nothing_even_one_at_a_time() -> None:
    seen: list[Known] = []
    for n, title in enumerate(("Chips are scarce", "Models grow", "Senate votes")):
        (one,) = drafts(
            replace(entry(title, f"https://a.example/{n}", "feed"), published=NOW - (9 - n) * DAY)
        )
        plan = compare([one], seen)
        assert len(plan.new) == 1
        seen.append(known(plan.new[0], n))
        assert compare([one], seen).unchanged == 1
    assert len({one.identity for one in seen}) == 3
