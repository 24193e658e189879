"""How well grouping and the relevance gate do on labelled articles. Pure; reads nothing but what it is given."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypedDict

from ingest import cluster, duplicates, terms
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


class ClusterFigures(Figures):
    f1_different_urls: float
    b_cubed: Figures
    baselines: dict[str, Figures]


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
    own = _pairs(items, groups)
    different = _pairs(items, groups, lambda a, b: a.url != b.url or not a.url)
    return {
        **_figures(own),
        "f1_different_urls": _figures(different)["f1"],
        "b_cubed": _b_cubed(items, groups),
        "baselines": {
            "title_jaccard": _by_headline(items),
            "same_url": _figures(_pairs(items, [item.url or number for number, item in enumerate(items)])),
        },
    }


def _stories(items: Sequence[Labelled]) -> list[Hashable]:
    """Each item's group by the same steps that placing takes, without a database."""
    prints = [
        duplicates.fingerprint(n, item.source, item.url, item.title, item.text, item.at)
        for n, item in enumerate(items)
    ]
    copies = duplicates.copies(prints, [])
    told = [
        cluster.Item(n, item.source, item.title, cluster.gist(item.title, item.text), item.at)
        for n, item in enumerate(items)
        if n not in copies
    ]
    home = {key: number for number, group in enumerate(cluster.group(told)) for key in group.keys}
    return [home[copies.get(n, n)] for n in range(len(items))]


def _by_headline(items: Sequence[Labelled]) -> Figures:
    """The baseline: pairs whose headlines share enough words, at the threshold that suits this window best."""
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
