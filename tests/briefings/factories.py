"""Two real stories in our own words, stored as ready briefs: the GPT-5 launch from three sources, gpt-oss from one."""

from __future__ import annotations

from datetime import date
from typing import Any

from briefings.models import Brief, Edition, Lens, Writer
from ingest.models import Article, Story
from tests.briefings import rows as make
from tests.briefings.launch import launch_body
from users.models import User

MORNING = make.NOON.date()

LAB = (
    "GPT-5 is here",
    [
        "Today we are releasing GPT-5 to everyone who uses ChatGPT, free accounts included. One model decides for "
        "itself whether to answer at once or to think first.",
        "Developers reach it in the API in three sizes. GPT-5 costs $1.25 per million input tokens and $10 per million "
        "output tokens; GPT-5 mini and nano cost less.",
        "On SWE-bench Verified, a test of real programming tasks, GPT-5 solves 74.9 percent. With thinking on, its "
        "answers contain about 80 percent fewer factual errors than those of o3.",
    ],
)
DESK = (
    "OpenAI gives GPT-5 to all of its 700 million weekly users",
    [
        "OpenAI put GPT-5 into ChatGPT on Thursday and retired the menu of its older models. "
        "The company says 700 million people use ChatGPT every week.",
        "The price surprised developers most. At $1.25 per million input tokens GPT-5 undercuts GPT-4o by half, and "
        "rivals now have to answer, two heads of engineering told this newspaper.",
        "Not everyone was pleased. Users who had grown used to GPT-4o asked for it back within hours, and the "
        "automatic switch between fast and slow answers failed for part of the first day.",
    ],
)
BENCH = (
    "What the GPT-5 charts leave out",
    [
        "The coding score that OpenAI shows rests on 477 of the 500 tasks of SWE-bench Verified; the rest could not "
        "run on its machines. Counting the missing ones as failures brings 74.9 percent down to about 71.4 percent.",
        "Nobody outside the company has repeated the measurement of factual errors yet, and OpenAI has not "
        "published the questions.",
    ],
)


def edition_of_two(user: User, day: date = MORNING) -> Edition:
    """Ada's morning: the launch with her lens, then the short one."""
    brief, lens = launch()
    return make.ready_edition(user, day, [(brief, lens), (weights(), None)])


def launch() -> tuple[Brief, Lens]:
    """A whole brief by a model from three sources, one of them first-hand, with a lens for a CTO in finance."""
    story = Story.objects.create(title=LAB[0], happened_at=make.NOON, last_at=make.NOON, origins=3, score=9.0)
    lab = make.article(story, make.source("OpenAI News", primary=True), *LAB)
    desk = make.article(story, make.source("The Evening Ledger"), *DESK)
    bench = make.article(story, make.source("Benchmarks Weekly"), *BENCH)
    brief = make.ready_brief(story, [lab, desk, bench], launch_body(lab, desk, bench))
    return brief, make.ready_lens(brief, launch_lens(lab))


def launch_lens(lab: Article) -> dict[str, Any]:
    cheaper = make.cite(lab, "GPT-5 mini and nano cost less")
    return {
        "why_it_matters": [
            {
                "text": "The price cut reopens every business case that failed on inference cost.",
                "citations": [],
                "opinion": True,
            },
            make.said(
                "Two smaller sizes cost less still, so a pilot need not start with the largest.", cheaper
            ),
        ],
        "questions": [
            {
                "question": "What should we test first?",
                "answer": [
                    {
                        "text": "Your own evaluation set, with thinking on and off, before any contract changes.",
                        "citations": [],
                        "opinion": True,
                    }
                ],
            }
        ],
    }


def weights(sample: bool = False) -> Brief:
    """A short extractive brief from one source."""
    story = Story.objects.create(
        title="OpenAI opens two models",
        happened_at=make.NOON,
        last_at=make.NOON,
        origins=1,
        score=5.0,
        sample=sample,
    )
    only = make.article(
        story,
        make.source("The Evening Ledger"),
        "OpenAI publishes two open-weight models, its first since 2019",
        [
            "OpenAI published gpt-oss-120b and gpt-oss-20b on Tuesday under the Apache 2.0 licence. They are its first "
            "open-weight language models since GPT-2 in 2019.",
            "The larger model runs on a single graphics processor with 80 gigabytes of memory, the smaller one on a "
            "laptop with 16.",
        ],
    )
    first = "OpenAI published gpt-oss-120b and gpt-oss-20b on Tuesday under the Apache 2.0 licence."
    runs = (
        "The larger model runs on a single graphics processor with 80 gigabytes of memory, the smaller one on a "
        "laptop with 16."
    )
    body = {
        "headline": make.said(only.title, make.cite(only, only.title)),
        "takeaways": [make.said(first, make.cite(only, first)), make.said(runs, make.cite(only, runs))],
        "lead": [make.said(first, make.cite(only, first))],
        "sections": [
            {
                "question": "What do the gpt-oss models need to run?",
                "answer": [make.said(runs, make.cite(only, runs))],
            }
        ],
        "catch": [],
        "bottom_line": [],
        "verification": {"sentences": 5, "supported": 5, "figures": 6, "figures_found": 6},
    }
    return make.ready_brief(story, [only], body, Writer.EXTRACTIVE)
