"""Stories written for these tests in our own words: a launch in four outlets, a settlement in two, a teaser in "
"one."""

from __future__ import annotations

from tests.briefings.extractive_promises import material, source_text

LAUNCH = material(
    source_text(
        1,
        "Example Wire",
        "Lumen Labs releases Halo 2, an open model for phones - Example Wire",
        [
            "LISBON (Reuters) - Lumen Labs released Halo 2 on Tuesday, an open language model that runs on a "
            "phone without a "
            "connection and answers twice as fast as its predecessor.",
            "The model needs four gigabytes of memory. It was trained on 6 trillion tokens, the company said in "
            "a blog post.",
            "“We built Halo 2 for the places where the network ends. A doctor in a village needs the same "
            "answer as a doctor in a "
            "city,” said Marta Figueira, chief executive of Lumen Labs.",
            "Lumen Labs plans to publish the training code in October and to offer a larger version next year.",
            "Read more: our guide to open models",
            "(Reporting by A. Nobody; Editing by B. Nobody)",
        ],
    ),
    source_text(
        2,
        "The Ledger",
        "Lumen Labs gives its phone model away and charges hospitals for support",
        [
            "Lumen Labs is giving Halo 2 away under the Apache 2.0 licence, and wants to earn money with "
            "support contracts that "
            "cost hospitals $40,000 a year.",
            "Eleven hospitals in Portugal and Spain have signed such contracts, according to Marta Figueira, "
            "the chief executive.",
            "Figueira said the company has raised 30 million euros since 2023, most of it from the European "
            "Innovation Council.",
            "In 2024, Lumen Labs sold its first model, Halo, to two makers of hearing aids for $12 million.",
            "Sign up for our newsletter to get stories like this one.",
        ],
    ),
    source_text(
        3,
        "Bench Notes",
        "Halo 2 under test: quick, frugal and sometimes sure of itself when it is wrong",
        [
            "In tests by Bench Notes, Halo 2 answered 71 percent of medical exam questions correctly, compared "
            "with 64 percent "
            "for the best model of the same size.",
            "But Halo 2 invented a drug in 3 of 200 answers, and it gave no sign of doubt when it did, so "
            "hospitals should not "
            "use it without a pharmacist.",
            "Critics say the licence leaves hospitals alone with the risk when an answer is wrong.",
            "This article is more than 1 year old",
            "Photo: a phone on a desk in Lisbon",
        ],
    ),
    source_text(
        4,
        "Lumen Labs",
        "Introducing Halo 2",
        [
            "Halo 2 uses a mixture of eight small experts, of which two are active at a time, so that a phone "
            "stays cool.",
            "Phones with four gigabytes of memory can run Halo 2 at 12 tokens per second.",
            "Regulators in Lisbon must still approve Halo 2 before doctors may use it with patients, the agency "
            "Infarmed said.",
        ],
        primary=True,
    ),
)

TEASER = material(
    source_text(
        5,
        "TechExample",
        "Chipmaker Orbis delays its second factory | TechExample",
        [
            "Orbis will open its second factory in 2027, a year later than planned, because a supplier went out of…"
        ],
    )
)

SHORT = material(
    source_text(
        6,
        "TechExample",
        "Chipmaker Orbis delays its second factory | TechExample",
        [
            "Orbis will open its second factory in 2027, a year later than planned. It blames a supplier of "
            "lenses that went out "
            "of business in May."
        ],
    )
)
