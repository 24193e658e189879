"""Tells the sentences of a story from what stands around them on a page: datelines, pleas, captions, credits."""

from __future__ import annotations

import re

from briefings.write.sentences import balanced

SHORTEST, LONGEST = 40, 350
AGENCY = r"(?:CNN|CNNMoney|CNN Business|Reuters|AP|AFP|UPI|Bloomberg|BBC|NBC News|CBS News|Fox News|Xinhua|PTI|ANI)"
DATELINE = re.compile(
    rf"(?:[A-Z][\w.,’' /]{{1,40}}?)?\s?\((?:{AGENCY})(?: Business)?\)\s*(?:[-–—]+\s*)?(?=[A-Z“\"])"
    r"|[A-Z][A-Z.’' ]{2,30}(?:, [A-Z][\w. ]{1,20})?(?:, [A-Z][a-z]{2,8}\.? \d{1,2})?\s*(?:[-–—]+|_)\s+(?=[A-Z“\"])"
    rf"|(?:{AGENCY}|The Associated Press)\s*[-–—]+\s+(?=[A-Z“\"])"
    r"|(?:Updated?|UPDATE|Correction|Story highlights|Summary|EXCLUSIVE|Exclusive)\s*[:—-]?\s+(?=[A-Z“\"])"
)
# Openers that only hang on the sentence before; cut off where a capital letter follows.
FILLER = re.compile(
    r"(?:But|And|So|Yet|Still|Also|Plus|However|Meanwhile|Moreover|Furthermore|Additionally|Indeed|Instead|Nevertheless|"
    r"Nonetheless|Therefore|Thus|Now|Then|Of course|In addition|In fact|For example|For instance|As a result|"
    r"On the other hand|At the same time|That said|After all|Separately|Similarly|Likewise|Specifically|"
    r"Interestingly|Importantly|Notably|Unsurprisingly|Not surprisingly|To be sure|Again|Finally|Lastly|First|"
    r"Second|Third|Actually|Basically|Clearly|Obviously|Sadly|Unfortunately|Fortunately|Simply put|Well|Yes|No)"
    r"(?:,\s+|\s+)(?=(?:[A-Z][\w’'.-]*|[“\"][A-Z]))"
)
MARK_UP = re.compile(r"\*\*|__|`|^[•·*–—-]\s+|^#+\s+")
NEVER = re.compile(
    r"advertisement|subscri(?:be|ption)|newsletter|sign(?:ing)? up|log ?in\b|click (?:here|on|below)|read (?:more|the full|next|our|on\b)"
    r"|see also|watch (?:now|the video|below|more|live)|just watched|must watch|replay more|story highlights"
    r"|this article (?:is|was|has|originally|first)|originally (?:appeared|published)|contributed to this|contributed reporting"
    r"|(?:reporting|editing|writing) by|reported from|follow (?:us|me|him|her|the author|@)|on twitter @|@\w+ on twitter"
    r"|all rights reserved|copyright|©|terms of (?:use|service) and|cookie|privacy policy\b.*(?:agree|apply)"
    r"|photo(?:graph)? (?:by|credit|courtesy)|getty images|file photo|image (?:credit|source|caption)|\(photo|\(ap\b|credit:"
    r"|^picture|displaying|is seen (?:in|on|at)|are seen (?:in|on|at)|taken on|poses? (?:for|with)|looks on\b|pictured|shown here|in this (?:\w+ ){0,3}photo|share (?:this|on)|comments? (?:section|below)|related:|more:|more from|read:|watch:|listen:|pic\.twitter"
    r"|download the app|our (?:app|podcast|journalism|reporters|readers|coverage)|support (?:our|the) |donat(?:e|ion) (?:to|today)"
    r"|updated (?:at|with|to|on)|this story (?:has|was|is|will)|this post (?:has|was)|correction:|editor[’']s note|disclosure:|disclaimer"
    r"|opinions expressed|views expressed|is a (?:columnist|contributor|fellow at|staff writer)|staff writer|the author (?:is|of)"
    r"|learn (?:more|how)|find out|discover how|stay tuned|join us|join the|check (?:out|it out)|here are (?:the|some|five|six|ten)|here[’']s (?:what|how|a look|everything)"
    r"|we (?:asked|spoke|talked|reached out)|asked by|interview (?:has been|was) edited|transcript|lightly edited|buy now|shop now|free trial"
    r"|read our|https?://|www\.|\.com/|utm_|\bvia\b @|hide caption|toggle|play video|media playback|loading|javascript"
    r"|\beverything (?:we know|you need)|what (?:you need|we can expect|to know)\b|dive into|take a look|let[’']s |let us (?:know|take|look)|tl;?dr|table of contents"
    r"|happy (?:reading|coding|hacking)|thank(?:s| you) (?:for|to)|feel free|stay updated|arxiv:|fig(?:ure|\.) \d|table \d|as shown (?:in|below|above)|see (?:below|above|here)"
    r"|(?:shown|listed|described|pictured|mentioned|embedded|seen) (?:below|above)|the (?:following|above|below)\b|\bbelow\b:?$",
    re.IGNORECASE,
)
BY_LINE = re.compile(
    r"^By [A-Z]|^Posted |^Published |^Photo|^Image|^Video|^Source:|^Q:|^A:|^\w+:\s|^[A-Z][A-Z .’'-]{3,40}:\s"
)
MONTH = r"(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]*\.?"
# A caption tells in the present tense what a picture shows, often with a full date or who stands where.
SHOWN = r"(?:speaks?|looks?|arrives?|testif(?:y|ies)|walks?|holds?|poses?|attends?|meets?|gestures?|listens?|stands?|waits?|sits?|wears?|appears?|leaves?|smiles?|protests?|demonstrates?|delivers?|shakes?|waves?)"
CAPTION = re.compile(
    rf"\((?:L|R|C|left|right|center|centre|top|bottom)\)|\(@\w+|^(?:[A-Z][\w’'.-]+,? |of |the |and |CEO |founder |chief |executive |co-founder ){{2,12}}{SHOWN} (?:at|during|on|to|with|in|before|after|for|outside|out|his|her|from|as)\b"
    rf"|\b{SHOWN}\b.*\b{MONTH} \d{{1,2}}, (?:19|20)\d\d|, left,|, right,|, center,|from left"
)
GRAMMAR = re.compile(
    r"\b(?:the|an?|its|his|her|their|this|that|it|he|she|they|was|were|has|have|had|is|are|be|been|will|would|could|said|to)\b", re.IGNORECASE
)
CUT_OFF = re.compile(r"(?:…|\.\.\.|\[…\]|\[\.\.\.\]|[,;:–—-])[\"”’')\]]*$")
TERMINATED = re.compile(r"[.!][\"”’')\]]*$")
CODE = re.compile(
    r"[{}<>|\\~^=]|\w+\(\)|\w+_\w+|::|->|^\s*(?:import|from|def|pip|!pip|\$) |\b\w+\.(?:py|js|json|md)\b"
)
FIRST_PERSON = re.compile(r"\b(?:I|I[’']\w+|[Mm]y|[Mm]e|[Mm]yself|[Mm]ine)\b")
FIRST_PLURAL = re.compile(r"\b(?:[Ww]e|[Ww]e[’']\w+|[Oo]urs?|[Uu]s|[Oo]urselves|[Ll]et[’']s)\b")
SECOND_PERSON = re.compile(r"\b(?:[Yy]ou|[Yy]ou[’']\w+|[Yy]ours?|[Yy]ourself)\b")
QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"")


def bare(text: str) -> str:
    """The words as shown to readers: one space between words, no mark-up signs. Plain text comes back as it is."""
    return " ".join(MARK_UP.sub("", text).split())


def trimmed(text: str, start: int, end: int, opens_passage: bool) -> int:
    """Where the sentence `text[start:end]` begins once a dateline and a leading filler word are cut off."""
    if opens_passage and (dateline := DATELINE.match(text, start, end)):
        start = dateline.end()
    if filler := FILLER.match(text, start, end):
        start = filler.end()
    return start


def unquoted(text: str) -> str:
    """The text without what stands in double quotation marks."""
    return QUOTED.sub(" “” ", text)


def tells(text: str) -> bool:
    """Whether this is a whole, plain sentence that a story could be told with."""
    if not SHORTEST <= len(text) <= LONGEST or len(text.split()) < 6:
        return False
    if not TERMINATED.search(text) or CUT_OFF.search(text) or not balanced(text):
        return False
    if text[0].islower() and not re.match(r"[a-z]+[A-Z\d-]", text):
        return False
    if NEVER.search(text) or CAPTION.search(text) or BY_LINE.match(text) or CODE.search(text):
        return False
    own = unquoted(text)
    return not (FIRST_PERSON.search(own) or " ." in text or SECOND_PERSON.search(own) or "?" in own) and _looks_like_prose(
        text
    )


def speaks_as_we(text: str) -> bool:
    """Whether the writer speaks of itself: fit to be used only when an organisation's own words are all there is."""
    return bool(FIRST_PLURAL.search(unquoted(text)))


def _looks_like_prose(text: str) -> bool:
    words = re.findall(r"[A-Za-z’'-]+", text)
    letters = sum(len(word) for word in words)
    lower = sum(word[0].islower() for word in words)
    if len(words) < 16 and not GRAMMAR.search(text):
        return False  # a headline or a line of a list
    return letters > 0.6 * len(text) and lower >= 0.45 * len(words) and "..." not in text and "…" not in text
