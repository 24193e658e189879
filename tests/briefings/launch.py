"""What a model wrote of the launch that `tests.briefings.factories` tells of: a whole body, every sentence cited."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from ingest.models import Article
from tests.briefings import rows as make


def launch_body(lab: Article, desk: Article, bench: Article) -> dict[str, Any]:
    c = _cited(lab, desk, bench)
    return {**_opening(c), "sections": _sections(c), **_ending(c), "verification": dict(VERIFICATION)}


def _cited(lab: Article, desk: Article, bench: Article) -> SimpleNamespace:
    return SimpleNamespace(
        lab=lab,
        desk=desk,
        bench=bench,
        price=make.cite(lab, "GPT-5 costs $1.25 per million input tokens and $10 per million output tokens"),
        everyone=make.cite(
            lab, "Today we are releasing GPT-5 to everyone who uses ChatGPT, free accounts included."
        ),
        users=make.cite(desk, "The company says 700 million people use ChatGPT every week."),
        missing=make.cite(bench, "rests on 477 of the 500 tasks of SWE-bench Verified"),
        lower=make.cite(
            bench, "Counting the missing ones as failures brings 74.9 percent down to about 71.4 percent."
        ),
        score=make.cite(
            lab, "On SWE-bench Verified, a test of real programming tasks, GPT-5 solves 74.9 percent."
        ),
        half=make.cite(desk, "At $1.25 per million input tokens GPT-5 undercuts GPT-4o by half"),
        back=make.cite(desk, "Users who had grown used to GPT-4o asked for it back within hours"),
        switch=make.cite(
            desk, "the automatic switch between fast and slow answers failed for part of the first day"
        ),
        errors=make.cite(lab, "about 80 percent fewer factual errors than those of o3"),
        unrepeated=make.cite(
            bench, "Nobody outside the company has repeated the measurement of factual errors yet"
        ),
    )


def _opening(c: SimpleNamespace) -> dict[str, Any]:
    return {
        "headline": make.said(
            "OpenAI releases GPT-5 to every ChatGPT user at $1.25 per million input tokens",
            c.everyone,
            c.price,
        ),
        "takeaways": [
            make.said("OpenAI gave GPT-5 to everyone who uses ChatGPT, free accounts included.", c.everyone),
            make.said(
                "Developers pay $1.25 per million tokens in and $10 out, half of what GPT-4o costs for input.",
                c.price,
                c.half,
            ),
            make.said("OpenAI's coding score of 74.9 percent covers 477 of 500 tasks.", c.score, c.missing),
        ],
        "lead": [
            make.said(
                "OpenAI has made GPT-5 the model behind ChatGPT, which it says 700 million people use every week.",
                c.users,
            ),
            make.said(
                "One model now decides whether to answer at once or to think first.",
                make.cite(c.lab, "One model decides for itself whether to answer at once or to think first."),
            ),
        ],
    }


def _sections(c: SimpleNamespace) -> list[dict[str, Any]]:
    return [
        {
            "question": "What does GPT-5 cost developers?",
            "answer": [
                make.said(
                    "GPT-5 costs $1.25 per million input tokens and $10 per million output tokens.", c.price
                ),
                make.said(
                    "That undercuts GPT-4o by half on input, and two heads of engineering expect rivals to answer.",
                    c.half,
                    make.cite(
                        c.desk, "rivals now have to answer, two heads of engineering told this newspaper"
                    ),
                ),
            ],
        },
        {
            "question": "How good is GPT-5 at programming?",
            "answer": [
                make.said(
                    "OpenAI reports 74.9 percent on SWE-bench Verified, a test of real programming tasks.",
                    c.score,
                ),
                make.said(
                    "Benchmarks Weekly counts the tasks left out as failures and arrives at about 71.4 percent.",
                    c.lower,
                ),
            ],
        },
        {
            "question": "Does GPT-5 make fewer mistakes?",
            "answer": [
                make.said(
                    "With thinking on, OpenAI says, it makes about 80 percent fewer factual errors than o3.",
                    c.errors,
                ),
                make.said("Nobody outside the company has repeated that measurement yet.", c.unrepeated),
            ],
        },
        {
            "question": "How did ChatGPT's users take GPT-5?",
            "answer": [
                make.said("Some who had grown used to GPT-4o asked for it back within hours.", c.back),
                make.said(
                    "The automatic switch between fast and slow answers failed for part of the first day.",
                    c.switch,
                ),
            ],
        },
    ]


def _ending(c: SimpleNamespace) -> dict[str, Any]:
    return {
        "catch": [
            make.said(
                "The figures are OpenAI's own: its coding score leaves out tasks that could not run on its machines.",
                c.missing,
                make.cite(c.bench, "the rest could not run on its machines"),
            )
        ],
        "bottom_line": [
            make.said(
                "GPT-5 reaches everyone at half of GPT-4o's price; how good it is, outsiders have yet to measure.",
                c.half,
                c.unrepeated,
            )
        ],
        "disagreements": [
            {
                "about": "GPT-5 on SWE-bench Verified",
                "claims": [
                    make.said("OpenAI: 74.9 percent.", c.score),
                    make.said("Benchmarks Weekly: about 71.4 percent.", c.lower),
                ],
            }
        ],
        "follow_ups": ["What do GPT-5 mini and nano cost?"],
    }


VERIFICATION = {
    "sentences": 19,
    "supported": 19,
    "figures": 14,
    "figures_found": 14,
    "quotes": 0,
    "quotes_found": 0,
    "repaired": 1,
    "dropped": 2,
}
