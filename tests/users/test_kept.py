"""What a process keeps: made once, and no more of it than fits."""

from __future__ import annotations

from users.kept import Kept


def test_what_was_asked_for_longest_ago_is_let_go() -> None:
    kept, made = Kept[str, str](2), list[str]()

    def shown(key: str) -> str:
        def make() -> str:
            made.append(key)
            return f"<p>{key}"

        return kept.get(key, make)

    for key in ("a", "b", "a", "c", "a", "b"):
        assert shown(key) == f"<p>{key}"
    assert made == ["a", "b", "c", "b"]


def test_what_is_kept_is_made_once_and_the_longest_unasked_is_forgotten_first() -> None:
    made: list[int] = []
    kept: Kept[int, str] = Kept(3)

    def ask(*keys: int) -> dict[int, str]:
        return kept.of(
            keys, lambda unknown: made.extend(sorted(unknown)) or {key: f"{key}" for key in unknown}
        )

    assert ask(1, 2, 3) == {1: "1", 2: "2", 3: "3"}
    assert ask(1, 4) == {1: "1", 4: "4"}
    assert ask(1, 3, 4) == {1: "1", 3: "3", 4: "4"}
    assert made == [1, 2, 3, 4]
    assert ask(2) == {2: "2"}
    assert made == [1, 2, 3, 4, 2]
    assert len(kept.values) == 3


def test_who_asks_for_more_than_can_be_kept_leaves_what_others_ask_for() -> None:
    kept: Kept[int, int] = Kept(3)

    def ask(*keys: int) -> int:
        """How many of them had to be made."""
        made: list[int] = []
        kept.of(keys, lambda unknown: made.extend(unknown) or {key: key for key in unknown})
        return len(made)

    assert ask(1, 2) == 2
    assert ask(1, 2, 3, 4, 5, 6) == 4
    assert ask(1, 2) == 0
    assert len(kept.values) == 3


def test_what_is_kept_weighs_no_more_than_it_may() -> None:
    kept: Kept[str, str] = Kept(10, len)
    kept.of(["a"], lambda _: {"a": "four"})
    kept.of(["b"], lambda _: {"b": "five!"})
    assert (list(kept.values), kept.weighs) == (["a", "b"], 9)
    kept.of(["c"], lambda _: {"c": "two"})
    assert (list(kept.values), kept.weighs) == (["b", "c"], 8)
    assert kept.of(["d"], lambda _: {"d": "longer than all"}) == {"d": "longer than all"}
    assert (list(kept.values), kept.weighs) == ([], 0)


def test_what_is_put_in_place_of_another_weighs_as_itself() -> None:
    kept: Kept[str, str] = Kept(10, len)
    kept.put("a", "long text")
    kept.put("a", "short")
    kept.put("b", "words")
    assert (list(kept.values), kept.weighs) == (["a", "b"], 10)
    assert kept.find("a") == "short"
    kept.put("c", "one")
    assert (list(kept.values), kept.find("b")) == (["a", "c"], None), "the one asked for last stays"
    kept.clear()
    assert (list(kept.values), kept.weighs, kept.find("a")) == ([], 0, None)
