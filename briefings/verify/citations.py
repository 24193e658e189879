"""The citation rule: a citation names a passage of the story, and its quote is that article's text at its offsets."""

from __future__ import annotations

from briefings.schemas import Citation, Material


def broken(citation: Citation, material: Material) -> str | None:
    """What is wrong with the citation, or None."""
    try:
        article = material.article(citation.article)
        span = article.span(citation.passage)
    except KeyError:
        return f"the story has no passage {citation.article}:{citation.passage}"
    if article.source != citation.source:
        return f"article {citation.article} is not from source {citation.source}"
    if not span.start <= citation.start < citation.end <= span.end:
        return f"offsets {citation.start} to {citation.end} leave passage {citation.passage}"
    if article.text[citation.start : citation.end] != citation.quote:
        return f"the quote is not the text of article {citation.article} at its offsets"
    return None


def passage(citation: Citation, material: Material) -> str:
    """The text of the cited passage, which is what may support a sentence; the citation must not be broken."""
    return material.article(citation.article).passage(citation.passage)
