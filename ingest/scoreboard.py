"""How well grouping and the relevance gate do on labelled articles. Pure; reads nothing but what it is given."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TypedDict

from ingest import baselines, closeness, cluster, duplicates, terms
from ingest.relevance import judge


@dataclass(frozen=True, slots=True)
class Labelled:
    """One labelled article; `event` is empty and `on_topic` not yes or no where nobody decided."""

    source: str
    title: str
    url: str
    text: str
    at: datetime
    event: str
    on_topic: str
    kind: str


class Figures(TypedDict):
    f1: float
    precision: float
    recall: float


class Wrong(TypedDict):
    """Two articles on the wrong side. `score`: their log-odds for one event; the stories' others decide too."""

    error: str  # "together" or "apart"
    score: float
    one: str
    other: str
    days: float


class ClusterFigures(Figures):
    f1_different_urls: float
    b_cubed: Figures
    baselines: dict[str, Figures]
    worst: list[Wrong]


class RelevanceFigures(Figures):
    baselines: dict[str, Figures]


def read(record: dict[str, object]) -> Labelled:
    """A line of a labelled file. ValueError or KeyError when it is not one."""
    at = datetime.fromisoformat(str(record["published"]))
    return Labelled(
        source=str(record.get("source", "")),
        title=str(record["title"]),
        url=str(record.get("norm_url") or record.get("url") or ""),
        text=str(record.get("text") or record.get("summary") or ""),
        at=at if at.tzinfo else at.replace(tzinfo=UTC),
        event=str(record.get("event") or ""),
        on_topic=str(record.get("on_topic") or ""),
        kind=str(record.get("kind") or _kind(str(record.get("source", "")))),
    )


def _kind(source: str) -> str:
    # The labelled sets name a lab's own feeds "m:anthropic_news" or "raw:openai_news", and outlets by their title.
    return "lab" if ":" in source else "newsroom"


def clusters(items: Sequence[Labelled]) -> ClusterFigures:
    """Pairs of articles put together rightly, on one window of labelled articles."""
    groups = _stories(items)
    different = _pairs(items, groups, lambda a, b: a.url != b.url or not a.url)
    return {
        **_figures(_pairs(items, groups)),
        "f1_different_urls": _figures(different)["f1"],
        "b_cubed": _b_cubed(items, groups),
        "baselines": _baselines(items),
        "worst": _worst(items, groups),
    }


def _stories(items: Sequence[Labelled]) -> list[Hashable]:
    """Each article's story by the steps that placing takes, one article after the other as they came.

    An article sees what came before it, never what comes later: neither in whose story it goes nor in which words are
    rare. Nothing that was put into a story is taken out again.
    """
    placed: list[cluster.Item] = []
    prints: list[duplicates.Print] = []
    home: dict[int, Hashable] = {}
    for n in sorted(range(len(items)), key=lambda n: (items[n].at, n)):
        item = items[n]
        fingerprint = duplicates.fingerprint(n, item.source, item.url, item.title, item.text, item.at)
        copies = duplicates.copies([fingerprint], prints)
        if copies:
            home[n] = home[copies[n]]
            continue
        prints.append(fingerprint)
        around = [other for other in placed if abs(other.at - item.at) <= cluster.WINDOW]
        (group,) = cluster.group([_item(n, item), *around])
        home[n] = group.story or f"story {n}"
        placed.append(replace(_item(n, item), story=str(home[n])))
    return [home[n] for n in range(len(items))]


def _item(key: int, item: Labelled) -> cluster.Item:
    house = cluster.house(item.url, primary=item.kind == "lab")
    return cluster.item(key, item.source, item.title, item.text, item.at, house)


def _baselines(items: Sequence[Labelled]) -> dict[str, Figures]:
    def worth(groups: Sequence[Hashable]) -> float:
        return _figures(_pairs(items, groups))["f1"]

    told = [(item.title, item.text, item.at) for item in items]
    found = {
        "tfidf_agglomerative": baselines.best(baselines.tfidf_agglomerative(*zip(*told, strict=True)), worth),
        "same_url": [item.url or number for number, item in enumerate(items)],
    }
    measured = {name: _figures(_pairs(items, groups)) for name, groups in found.items()}
    return {"title_jaccard": _by_headline(items), **measured}


def _by_headline(items: Sequence[Labelled]) -> Figures:
    """Pairs whose headlines share enough words, at the threshold that suits this window best."""
    words = [frozenset(terms.words(item.title)) for item in items]
    alike = [
        (len(words[n] & words[m]) / max(1, len(words[n] | words[m])), items[n].event == items[m].event)
        for n in range(len(items))
        for m in range(n)
    ]
    same = sum(one_event for _, one_event in alike)
    best = _rounded(0.0, 0.0)
    for threshold in (0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.8):
        together = [one_event for share, one_event in alike if share >= threshold]
        right = sum(together)
        best = max(
            best, _figures((right, len(together) - right, same - right)), key=lambda figures: figures["f1"]
        )
    return best


_SHOWN = 10


def _worst(items: Sequence[Labelled], groups: Sequence[Hashable]) -> list[Wrong]:
    """The errors whose pairs' evidence was furthest on the wrong side, one for each two of stories and events."""
    ordered = sorted((_item(n, item) for n, item in enumerate(items)), key=lambda item: (item.at, item.key))
    pairs = closeness.weigh(ordered, cluster.WINDOW)
    weighed = {
        frozenset((ordered[a].key, ordered[b].key)): score
        for a, b, score in zip(pairs.one.tolist(), pairs.other.tolist(), pairs.score.tolist(), strict=True)
    }
    found: dict[Hashable, Wrong] = {}
    for n, a in enumerate(items):
        for m in range(n):
            together = groups[n] == groups[m]
            if together != (a.event == items[m].event):
                wrong = _wrong(a, items[m], together, weighed.get(frozenset((n, m)), closeness.FLOOR))
                kind = (groups[n], a.event, items[m].event) if together else a.event
                found[kind] = max(found.get(kind, wrong), wrong, key=_badness)
    return sorted(found.values(), key=_badness, reverse=True)[:_SHOWN]


def _wrong(a: Labelled, b: Labelled, together: bool, score: float) -> Wrong:
    return {
        "error": "together" if together else "apart",
        "score": round(max(score, -99.0), 2),
        "one": f"{a.source}: {a.title}",
        "other": f"{b.source}: {b.title}",
        "days": round(abs(a.at - b.at) / timedelta(days=1), 2),
    }


def _badness(wrong: Wrong) -> tuple[float, str]:
    further = wrong["score"] - cluster.ENOUGH
    return (further if wrong["error"] == "together" else -further, wrong["one"])


Counts = tuple[int, int, int]  # rightly together, wrongly together, wrongly apart


def _pairs(
    items: Sequence[Labelled],
    groups: Sequence[Hashable],
    counted: Callable[[Labelled, Labelled], bool] = lambda a, b: True,
) -> Counts:
    right = wrong = missed = 0
    for n, a in enumerate(items):
        for m in range(n):
            alike, together = a.event == items[m].event, groups[n] == groups[m]
            if (alike or together) and counted(a, items[m]):
                right += alike and together
                wrong += together and not alike
                missed += alike and not together
    return right, wrong, missed


def _figures(counts: Counts) -> Figures:
    right, wrong, missed = counts
    return _rounded(right / max(1, right + wrong), right / max(1, right + missed))


def _rounded(precision: float, recall: float) -> Figures:
    both = precision + recall
    return {
        "f1": round(2 * precision * recall / both, 4) if both else 0.0,
        "precision": round(precision, 4),
        "recall": round(recall, 4),
    }


def _b_cubed(items: Sequence[Labelled], groups: Sequence[Hashable]) -> Figures:
    """Bagga and Baldwin 1998: how pure and how whole the group of an average article is."""
    of_group, of_event = Counter(groups), Counter(item.event for item in items)
    shared = Counter((group, item.event) for group, item in zip(groups, items, strict=True))
    precision = sum(n * n / of_group[group] for (group, _), n in shared.items()) / len(items)
    recall = sum(n * n / of_event[event] for (_, event), n in shared.items()) / len(items)
    return _rounded(precision, recall)


def average(values: Sequence[float]) -> float:
    return round(sum(values) / len(values), 4)


def _mean(figures: Sequence[Figures]) -> Figures:
    return {
        "f1": average([figure["f1"] for figure in figures]),
        "precision": average([figure["precision"] for figure in figures]),
        "recall": average([figure["recall"] for figure in figures]),
    }


def mean_clusters(windows: Sequence[ClusterFigures]) -> ClusterFigures:
    """The windows' figures averaged, each window counting the same."""
    return {
        **_mean(windows),
        "f1_different_urls": average([w["f1_different_urls"] for w in windows]),
        "b_cubed": _mean([w["b_cubed"] for w in windows]),
        "baselines": {
            name: _mean([w["baselines"][name] for w in windows]) for name in windows[0]["baselines"]
        },
        "worst": sorted((wrong for w in windows for wrong in w["worst"]), key=_badness, reverse=True)[
            :_SHOWN
        ],
    }


def relevance(items: Sequence[Labelled]) -> RelevanceFigures:
    """The gate's verdicts against the labels yes and no; items nobody could decide on are left out."""
    decided = [item for item in items if item.on_topic in ("yes", "no")]
    return {
        **_figures(_verdicts(decided, lambda item: judge(item.title, item.text, item.kind).on_topic)),
        "baselines": {"keywords": _figures(_verdicts(decided, _has_keyword))},
    }


_KEYWORDS = re.compile(
    r"\b(AI|artificial intelligence|machine learning|LLMs?|chatbots?|ChatGPT|OpenAI|Anthropic|Claude|Gemini|GPT-\d)\b"
)


def _has_keyword(item: Labelled) -> bool:
    return bool(_KEYWORDS.search(f"{item.title} {item.text}"))


def _verdicts(items: Sequence[Labelled], says_yes: Callable[[Labelled], bool]) -> Counts:
    right = wrong = missed = 0
    for item in items:
        yes, said = item.on_topic == "yes", says_yes(item)
        right += yes and said
        wrong += said and not yes
        missed += yes and not said
    return right, wrong, missed


def mean_relevance(windows: Sequence[RelevanceFigures]) -> RelevanceFigures:
    """The windows' figures averaged, each window counting the same."""
    return {
        **_mean(windows),
        "baselines": {
            name: _mean([w["baselines"][name] for w in windows]) for name in windows[0]["baselines"]
        },
    }
