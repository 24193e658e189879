"""Tells an article's own paragraphs from what stands around them: bylines, share lines, teasers, adverts. Pure.

Rules look only at short paragraphs, so that a sentence about subscriptions in a long one is never lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

SHORT = 220
FULL = 1200  # characters from which a feed's text is an article of its own
OPENING = 6  # paragraphs within which a byline stands

_SITES = "facebook|twitter|linkedin|reddit|pinterest|flipboard|instagram|youtube|whats?app|pocket|x"
_SHARE = rf"share|tweet|e-?mail|print|save|pin|copy|link|comments?|listen|follow|{_SITES}"
_JOIN = rf"this|on|it|via|by|to|us|article|story|page|post|more|with|friends?|\d+|{_SHARE}"
_MENU = (
    r"home|news|world|us|u\.s\.|tech|technology|business|sports?|opinion|culture|subscribe(?:\s+now)?|sign\s+in"
    r"|log\s+in|menu|search|newsletters?|about|contact|more"
)
_OFFER = r"newsletters?|inbox|subscribers?|subscription|alerts?|membership|journalism|podcasts?|news\s+app"


def _whole(*rules: str) -> re.Pattern[str]:
    """Matches a paragraph that is nothing but one of the rules, whatever marks stand around it."""
    return re.compile(rf"^\W*(?:{'|'.join(rules)})\W*$", re.IGNORECASE)


# Never part of an article, even as a full sentence.
_NOTICE = _whole(
    r"ads?|advert\w*(?:\s*\(.*\))?|advertisement.{0,40}|sponsored(?:\s+content)?|story\s+continues?d?(?:\s+below.*)?",
    r"(?:scroll|keep\s+scrolling|article\s+continues)\b.{0,60}|loading",
    r"(?:this\s+)?(?:article|story|post)\s+(?:is\s+more\s+than|(?:was|has\s+been)\s+(?:first|originally|last|updated)).{0,120}",
    rf"(?:{_SHARE})(?:[\s|,/·•]+(?:{_JOIN}))*",
    rf"(?:{_MENU})(?:[\s|/·•>]+(?:{_MENU}))+",
    r"read\s+(?:or\s+share\s+this|more|also|next|the\s+full\s+\w+)\b.{0,200}|continue\s+reading\b.{0,120}",
    r"(?:read|watch|listen|also\s+read|see\s+also|more|related|contributing|photos?|gallery|podcast)\s*[:|].{0,180}",
    rf"(?:sign\s+up|subscribe|join|register|get|download|want\s+the\s+best|support|become\s+a)\b.{{0,160}}\b(?:{_OFFER})\b.{{0,80}}",
    r"(?:©|\(c\)|copyright)\s.{0,180}|.{0,80}\ball\s+rights\s+reserved\b.{0,80}|(?:click|tap)\s+here\b.{0,120}",
    r"(?:leave|post|write)\s+a\s+(?:comment|reply).{0,80}|\d+\s+comments?|(?:view|show)\s+\d*\s*comments?",
    r"(?:we\s+use\s+cookies|this\s+(?:web)?site\s+uses\s+cookies|accept\s+(?:all\s+)?cookies).{0,160}",
    r"(?:please\s+)?enable\s+(?:java\s*script|cookies).{0,120}|(?:view|read)\s+(?:this|the)\s+.{0,30}\bbrowser.{0,40}",
    rf"(?:subscribe|follow|contact|reach|e-?mail|write\s+to)\b.{{0,100}}(?:@|\bon\s+(?:{_SITES})\b).{{0,80}}",
    r".{0,100}\bcontributed\s+(?:to\s+(?:this|the)\s+)?(?:report\w*|story|article|research|writing)\b.{0,40}",
    r"(?:with\s+post\s+wires|(?:additional\s+)?(?:reporting|editing|writing|compiled)\s+by\s.{0,160})",
    r"by\s+signing\s+up\b.{0,160}|.{0,100}\b(?:agree|our)\b.{0,60}\bprivacy\s+policy\b.{0,60}",
    r"(?:article\s+url|comments\s+url)\s*:.{0,200}|(?:#\s*comments|points|score)\s*:\s*\d+",
    r"submitted\s+by\s+/?u/.{0,120}|https?://\S+|also\s+on\s+\S+\.(?:com|org|net)\b.{0,180}",
    r"(?:like|enjoy(?:ed)?|loved?)\s+this\s+(?:story|article|post|piece)\?.{0,120}|order\s+reprints",
    r"this\s+(?:copy|article|content)\s+is\s+for\s+(?:your\s+)?personal,?\s+non-commercial\s+use\b.{0,180}",
    r"an\s+error\s+has\s+occurred\b.{0,60}|this\s+(?:article|story)\s+has\s+been\s+sent\s+to\b.{0,60}",
)
# Labels and captions: dropped unless they are a whole sentence.
_LABEL = _whole(
    r"(?:related|recommended)(?:\s.{0,80})?|more\s+(?:from|on|in|stories|coverage|news)\b.{0,160}",
    r"(?:you\s+(?:may|might)\s+(?:also\s+)?(?:like|be\s+interested)|most\s+(?:read|popular|viewed)|trending|up\s+next)\b.{0,120}",
    r"(?:what\s+to\s+read\s+next|editors?['’]s?\s+picks?|don['’]t\s+miss|full\s+coverage|click\s+for\s+more)\b.{0,120}",
    r"(?:see|learn|find\s+out|watch|hear|show|view|load)\s+(?:more|also|next|now|all)\b.{0,120}",
    r"(?:play\s+)?video\b.{0,80}|slideshow.{0,40}|(?:toggle|hide|show|enlarge\s+this\s+image)\s*(?:caption|image)?.{0,120}",
    r"(?:filed\s+under|tags?|topics?|categories|posted\s+in|tagged)\s*:.{0,120}|filed\s+under",
    r"(?:photo|image|picture|illustration|credit|source|cover)s?(?:\s+(?:by|credit|courtesy))?\s*[:/|].{0,160}",
    r"(?:photo\s+illustration|featured\s+photo\w*|photograph)\b.{0,120}|(?:photo|image|illustration|photograph)s?",
    r".{0,180}(?:\bgetty\s+images|\bafp|\bshutterstock|\bvia\s+ap|\bap\s+(?:photo|images)|/reuters|/ap|/npr)\b.{0,24}",
    r"(?:previous|next)(?:\s+(?:article|post|story))?|pullquote|tl;?dr|updated\s+at\s.{0,40}|.{0,60}\scontributed",
)
_READ_MORE = re.compile(
    r"\s(?:read\s+more|read\s+(?:the\s+)?full\s+(?:story|article)|continue\s+reading|full\s+story)\W*$",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"\s*(?:the\s+post\s.{1,300}\sappeared\s+first\s+on\s.{1,120}"
    r"|(?:continue\s+reading|read\s+more|read\s+the\s+(?:full|rest)\b.{0,60}|(?:full|more)\s+story)\s*[→»›>….]*)\s*$",
    re.IGNORECASE | re.DOTALL,
)
_LONGEST_TAIL = 600
_CUT = re.compile(
    r"\s*[\[(]\s*(?:…|\.{3})\s*[\])]\s*$"
)  # shown as an ellipsis, so that the break stays visible

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_CLOCK = r"(?:,?\s+(?:at\s+)?\d{1,2}[:.]\d\d(?:\s*[ap]\.?m\.?)?(?:\s+[a-z]{1,4})?)?"
_DAY = (
    rf"{_MONTH}\s+\d{{1,2}}(?:,?\s+\d{{4}})?|\d{{1,2}}\s+{_MONTH}(?:,?\s+\d{{4}})?"
    r"|\d{4}-\d\d-\d\d|\d{1,2}[/.]\d{1,2}[/.]\d{2,4}"
)
_DATE = rf"(?i:(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,?\s+)?(?:{_DAY}){_CLOCK})"
_BYLINE = re.compile(
    r"^\W*(?:[Bb][Yy]\s+[A-Z][^.!?]{2,100}"
    r"|(?i:published|updated|posted|last\s+updated|first\s+published|modified)\b[^.!?]{0,80}"
    rf"|{_DATE}(?:\W+\d+\s+min(?:ute)?s?\s+read)?|[A-Z][^.!?|]{{2,80}}\|\s*{_DATE}.{{0,40}}"
    r"|\d+\s+(?i:min(?:ute)?s?)(?:\s+(?i:read|ago))?|\d+\s+(?i:hours?|days?)\s+(?i:ago))\W*$"
)
_WORDS = re.compile(r"\w+")


def body_paragraphs(
    paragraphs: Iterable[str], title: str, author: str, headlines: Iterable[str] = ()
) -> list[str]:
    """The paragraphs that are the article, in order; its title, byline and repetitions left out.

    `headlines` are other titles of it: its page often has another than its feed.
    """
    kept: list[str] = []
    seen = {_bare(one) for one in (title, *headlines)}
    people = {_bare(name) for name in re.split(r",| and |;|\|", author)} | {_bare(author)}
    for paragraph in paragraphs:
        text = _whole_end(paragraph) if len(paragraph) < 4000 else paragraph
        bare = _bare(text)
        if (
            not bare
            or bare in seen
            or (len(text) <= SHORT and _is_furniture(paragraph, text, bare, people, len(kept)))
        ):
            continue
        seen.add(bare)
        kept.append(text)
    return _without_last_headings(kept)


def _whole_end(paragraph: str) -> str:
    """The paragraph without what feeds put behind a text that goes on elsewhere."""
    low = paragraph[-_LONGEST_TAIL:].lower()
    text = _TAIL.sub("", paragraph) if "read" in low or "story" in low or "appeared" in low else paragraph
    return _CUT.sub(" …", text).strip() if text.rstrip().endswith((")", "]")) else text.strip()


def _is_furniture(paragraph: str, text: str, bare: str, people: set[str], position: int) -> bool:
    if _NOTICE.match(text) or bare in people - {""}:
        return True
    if _is_sentence(text):
        return False
    in_byline = position < OPENING and bool(_BYLINE.match(text))
    return in_byline or bool(_LABEL.match(text) or _READ_MORE.search(paragraph))


def _is_sentence(text: str) -> bool:
    return text.rstrip("\"'”’)]").endswith((".", "!", "?", "…", ":", "。")) and len(text) > 60


def _without_last_headings(kept: list[str]) -> list[str]:
    """What stands after the last sentence (names of authors, headings of lists that are gone) belongs to no article."""
    end = len(kept)
    while (
        end > 1
        and len(kept[end - 1]) < 60
        and not kept[end - 1].rstrip("\"'”’)]").endswith((".", "!", "?", "…", "。"))
    ):
        end -= 1
    sentences = any(len(part) > 100 for part in kept[:end])
    return kept[:end] if sentences else kept


def _bare(text: str) -> str:
    return " ".join(_WORDS.findall(text.casefold()))


def is_teaser(paragraphs: Sequence[str]) -> bool:
    """Whether a feed's own text only announces the article on its page: short, or breaking off."""
    size = sum(map(len, paragraphs))
    broken_off = bool(paragraphs) and paragraphs[-1].rstrip().endswith(("…", "..."))
    return size < FULL or (broken_off and size < 5 * FULL)
