"""Stories to write about, made from plain paragraphs: what the writers and the verifier are given in tests."""

from __future__ import annotations

from datetime import UTC, datetime

from briefings.schemas import BriefBody, Citation, Material, Section, Sentence, SourceText, Span

PUBLISHED = datetime(2025, 8, 7, 17, 0, tzinfo=UTC)


def article(pk: int, title: str, *paragraphs: str, publisher: str = "The Ledger") -> SourceText:
    """An article whose passage 0 is the title and whose others are the paragraphs. Its source is number 10 + pk."""
    spans, text = [], ""
    for number, paragraph in enumerate((title, *paragraphs)):
        start = len(text) + 2 if text else 0
        text = f"{text}\n\n{paragraph}" if text else paragraph
        spans.append(Span(number, start, start + len(paragraph)))
    return SourceText(
        article=pk,
        revision=1,
        source=10 + pk,
        publisher=publisher,
        primary=pk == 1,
        authority=0.5,
        title=title,
        url=f"https://news.example/{pk}",
        text=text,
        spans=tuple(spans),
        happened_at=PUBLISHED,
        published_at=PUBLISHED,
    )


def story(*articles: SourceText) -> Material:
    return Material(story="a" * 16, title=articles[0].title, articles=articles)


def cite(source: SourceText, passage: int, quote: str | None = None) -> Citation:
    """The whole passage, or `quote` within it."""
    span = source.span(passage)
    quote = source.passage(passage) if quote is None else quote
    start = source.text.index(quote, span.start)
    return Citation(
        source=source.source,
        article=source.article,
        passage=passage,
        start=start,
        end=start + len(quote),
        quote=quote,
    )


def said(text: str, source: SourceText, passage: int = 1) -> Sentence:
    return Sentence(text=text, citations=(cite(source, passage),))


LAUNCH = article(
    1,
    "Harbor Labs launches Tern 5 at half the price",
    "Harbor Labs released Tern 5 on Thursday, August 7, 2025, at $1.25 per million input tokens, half the price of "
    "Tern 4.1, and said 700 million people use its assistant every week.",
    "“It is the first model that feels like a colleague who never sleeps,” chief executive Mara Lind told reporters. "
    "On the SWE-bench Verified test it scored 74.9%, up from 69.1% for o3.",
    "The company did not say how much energy the model needs, and the scores have not been checked by outsiders.",
)
REACTION = article(
    2,
    "Rivals answer Harbor's price cut",
    "Analysts at Quay Research estimate that the cut costs Harbor between 3 and 5 billion dollars a year.",
    "Two rivals, Fjord and Copperline, said they would lower prices within two weeks.",
    publisher="Wire & Port",
)
MATERIAL = story(LAUNCH, REACTION)


def brief() -> BriefBody:
    """A brief of MATERIAL in which everything is supported."""
    return BriefBody(
        headline=said("Harbor Labs releases Tern 5 at $1.25 per million tokens", LAUNCH, 1),
        takeaways=(
            said("Tern 5 costs half of what Tern 4.1 did.", LAUNCH, 1),
            said("It scored 74.9 percent on SWE-bench Verified.", LAUNCH, 2),
            said("Two rivals will follow within 14 days, or 2 weeks.", REACTION, 2),
        ),
        lead=(said("Harbor Labs released Tern 5 on 7 August 2025 at $1.25 per million tokens.", LAUNCH, 1),),
        sections=(
            Section(
                question="What does the cut to $1.25 cost Harbor Labs?",
                answer=(said("Quay Research puts it at $3–5bn a year.", REACTION, 1),),
            ),
            Section(
                question="What does Mara Lind say about Tern 5?",
                answer=(said('She calls it "the first model that feels like a colleague".', LAUNCH, 2),),
            ),
        ),
        catch=(said("Nobody outside has checked the scores.", LAUNCH, 3),),
        bottom_line=(said("Fjord and Copperline now have to move.", REACTION, 2),),
        follow_ups=("How much energy does Tern 5 need?",),
    )
