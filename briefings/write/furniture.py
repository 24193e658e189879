"""Tells the sentences of a story from what stands around them on a page: datelines, pleas, captions, credits."""

from __future__ import annotations

import html
import re
from functools import lru_cache

from briefings.write.alternatives import by_letter
from briefings.write.sentences import balanced

SHORTEST, LONGEST = 40, 350
AGENCY = r"(?:CNN|CNNMoney|CNN Business|Reuters|AP|AFP|UPI|Bloomberg|BBC|NBC News|CBS News|Fox News|Xinhua|PTI|ANI)"
DATELINE = re.compile(
    rf"(?:[A-Z][\w.,’' /]{{1,40}}?)?\s?\((?:{AGENCY})(?: Business)?\)\s*(?:[-–—]+\s*)?(?=[A-Z“\"])"
    r"|[A-Z][A-Z.’' ]{2,30}(?:, [A-Z][\w. ]{1,20})?(?:, [A-Z][a-z]{2,8}\.? \d{1,2})?\s*(?:[-–—]+|"
    r"_)\s+(?=[A-Z“\"])"
    rf"|(?:{AGENCY}|The Associated Press)\s*[-–—]+\s+(?=[A-Z“\"])"
    r"|(?:Updated?|UPDATE|Correction|Story highlights|Summary|EXCLUSIVE|Exclusive)\s*[:—-]?\s+(?=[A-Z“\"])"
)
# Openers that only hang on the sentence before; cut off where a capital letter follows.
FILLER = re.compile(
    r"(?:But|And|So|Yet|Still|Also|Plus|However|Meanwhile|Moreover|Furthermore|Additionally|Indeed|Instead|"
    r"Nevertheless|"
    r"Nonetheless|Therefore|Thus|Further|Consequently|Accordingly|Ultimately|Overall|In short|"
    r"Luckily|Now|Then|Of course|In addition|In fact|For example|For instance|As a result|"
    r"On the other hand|At the same time|That said|After all|Separately|Similarly|Likewise|Specifically|"
    r"Interestingly|Importantly|Notably|Unsurprisingly|Not surprisingly|To be sure|Again|Finally|Lastly|First|"
    r"Second|Third|Actually|Basically|Clearly|Obviously|Sadly|Unfortunately|Fortunately|Simply put|Well|Yes|No)"
    r"(?:,\s+|\s+)(?=(?:[A-Z][\w’'.-]*|[“\"][A-Z]))"
)
TAG = re.compile(r"</?(?:(?:a|b|br|em|i|p|span|strong)\b|([a-z][\w-]*))(?:\s[^<>]*)?/?>", re.IGNORECASE)
# "Web grounding: Once the task is set, ...": the point of a list before the sentence that it heads.
POINT = re.compile(
    r"(?!(?:[^:]*\b(?:said|says|wrote|told|added|asked|tweeted|posted|read|reads|is|are|was|were|has|had|announced)\b))"
    r"(?:[A-Z][\w’'&/-]*(?: [\w’'&/()-]+){0,8}:\s+(?=[A-Z][a-z]+ )"
    r"|[A-Z][a-z’']+,?(?: [a-z’'-]+){0,5}:\s+(?=[A-Z][\w.’'-]+[ ,]))"
)
MARK_UP = by_letter(r"\*\*|__|`|^[•·*–—\-]\s+|^##*\s+")
# Looked for in lower case: then it can be skimmed for.
NEVER = by_letter(
    r"^advertisement\b|advertisement$|continues below|\bsubscribe\b|our subscri|subscription required|"
    r"(?:our|free|"
    r"daily|weekly|this|the) newsletter\b|newsletters?$"
    r"|sign(?:ing)? up (?:for (?:our|the|free|a)\b|here|now|to (?:get|receive))|\blog ?in to\b|click "
    r"(?:here|on|"
    r"below)|read (?:more|the full|next|our)\b|^see also|just watched|must watch"
    r"|watch (?:now|the video|below|live)|replay more|story highlights|hide caption|play video|media playback|"
    r"enable javascript|accept cookies|cookie policy|use of cookies"
    r"|this (?:article|story|post|piece|page) (?:is|was|has|originally|first|will|appeared)|originally "
    r"(?:appeared|"
    r"published) (?:in|on|at)|contributed to this|contributed reporting"
    r"|(?:reporting|editing|writing) by\b|reported from [a-z]|follow (?:us|me|him|her|the author|@)|"
    r"@\w+ on twitter|"
    r"all rights reserved|copyright (?:©|\d{4})|©|terms of (?:use|service) and"
    r"|photo(?:graph)? (?:by|credit|courtesy)|getty images|file photo|image (?:credit|source|caption)|"
    r"\(photo|\(ap\b|"
    r"credit:|pictured|shown here|in this (?:\w+ ){0,3}photo"
    r"|share this|comments? section|^related:|^more:|more from |^watch:|^listen:|pic\.twitter|download the app|"
    r"our (?:app|podcast|journalism|reporters|readers|coverage|site)\b|support (?:our|quality) "
    r"|donate (?:to|today)|^updated?\b|correction:|editor[’']s note|^disclos(?:ure|aimer):|opinions expressed|"
    r"views expressed|is a (?:columnist|contributor|fellow at|staff writer|reporter (?:at|for|with))"
    r"|staff writer|the author (?:is|of this)|learn more (?:about|at|here)|find out (?:more|how)|stay tuned|"
    r"check (?:it|them) out|^here are|^here[’']s|^as a reminder|interview (?:has been|was) (?:edited|condensed)"
    r"|^transcript|lightly edited|buy now|shop now|https?://|www\.|\.com/|utm_|\beverything (?:we know|"
    r"you need)|"
    r"dive into|tl;?dr|table of contents|happy (?:reading|coding|hacking)"
    r"|podcast\b.*\bjoins?\b|\[[a-z][a-z ]*\]"
    r"|thank(?:s| you) (?:for|to) (?:reading|everyone|all|our)|feel free|stay updated|arxiv:|fig(?:ure|\.) \d|"
    r"\btable \d|as shown (?:in|below|above)|see (?:below|above|here)\b"
    r"|(?:shown|listed|described|pictured|mentioned|embedded|seen) (?:below|above)|following (?:example|"
    r"code|table|"
    r"figure|command|section)|:$|\bbelow[.:]?$|^picture|is seen (?:in|on|at)|are seen (?:in|on|at)"
    r"|taken on|poses? (?:for|with)|looks on\b|is pictured|via getty|associated press (?:writer|reporter)|"
    r"\bnew window\b|opens in|appeared first on|episode of\b|this week.s episode|welcome back|"
    r"we(?:[’\']ve)? (?:rounded|tested|answered)|these wired|minutes? read\b|read time"
)
BY_LINE = re.compile(
    r"^By [A-Z]|^Posted |^Published |^Photo|^Image|^Video|^Source:|^Q:|^A:|^\w+:\s|^[A-Z][A-Z .’'-]{3,40}:\s"
)
MONTH = r"(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]*\.?"
# A caption tells in the present tense what a picture shows, often with a full date or who stands where.
SHOWN = (
    r"(?:speaks?|looks?|arrives?|testif(?:y|ies)|walks?|holds?|poses?|attends?|meets?|gestures?|"
    r"listens?|stands?|waits?|"
    r"sits?|wears?|appears?|leaves?|smiles?|protests?|demonstrates?|delivers?|shakes?|waves?)"
)
CAPTION = by_letter(
    rf"\((?:L|R|C|left|right|center|centre|top|bottom)\)|\(@\w+|, left,|, right,|, center,|from left"
    rf"|\b{SHOWN}\b.*\b{MONTH} \d{{1,2}}, (?:19|20)\d\d"
)
WHO_IS_SHOWN = re.compile(
    r"(?:[A-Z][\w’'.-]+,? |of |the |and |CEO |founder |chief |executive |co-founder ){2,12}"
    rf"{SHOWN} (?:at|during|on|to|with|in|before|after|for|outside|out|his|her|from|as)\b"
)
BEGINS = re.compile(r"[“\"‘'(]?(?:[A-Z0-9$€£]|[a-z]+[A-Z\d-])|(?=[“\"])")
# A caption's start, or an order to the reader.
URGES = re.compile(
    r"The logo |(?:Animation|Screenshot|Illustration|Chart|Graph|Graphic|Logo|Image|Photo|Picture|Video|"
    r"A screenshot|"
    r"A photo|An image)\b|"
    r"(?:Join|Get|Try|Save|Register|Explore|Discover|Learn|Watch|Listen|See|Read|Sign|Download|Visit|Follow|"
    r"Subscribe|Click|Check|Meet|Grab|Buy|Gain|Find|Build|Create|Deploy|Unlock|Automate|Leverage|Ensure|Stay|Dive|"
    r"Compose|Use (?!of\b|cases\b)|Start (?:with|by|your)|Take (?:a look|advantage)|"
    r"[A-Z][a-z]+ly (?:build|create|use|deploy|run)|"
    r"Don[’']t|Please|Note that|Remember|Imagine|Consider|Say hello|Welcome|Tags?:)\b(?! Corp| Inc)"
)
# A heading that ran into the sentence below it, or a link into the word before it.
GLUED = re.compile(r"(?:[A-Z0-9][\w’'.-]* ){1,6}(?:A|The|An|It|This|There|When|If|We|You) [a-z]|CLOSE [A-Z]")
GLUED_IN = by_letter(r"(?<=[a-z])(?:MORE|READ|WATCH)\b|\bMORE \(|\([A-Z]-[A-Z][\w.]*\)[’']s\.$")
# A prompt, an exercise, an order: a verb first, and what is to be done with it.
ORDER = re.compile(
    r"(?:Write|Give|Create|Make|Add|Describe|List|Explain|"
    r"Generate|Implement|Define|Display|Put|Run|Choose|Pick|Ask|Tell|Send|Pass|Return|Be) "
    r"(?:an?|the|your|each|every|all|wary|careful|\d+) "
)
TIMELINE = re.compile(r"\d{4}[^a-z]{0,8}:")
# "When to ask for help with such decisions.": asks or names a thing and tells nothing.
ASKS_ONLY = re.compile(
    r"(?:When|How|What|Where|Why|Whether|Who|Which) to "
    r"(?:(?!\b(?:is|are|was|were|has|have|will|can|depends|remains|matters)\b)[^;])*[.!]$"
)
# "Taught by 25 veterans who ...": a participle with nobody it belongs to.
ORPHAN = re.compile(
    r"(?:Taught|Focused|Built|Based|Designed|Written|Led|Hosted|Powered|Trained|Made|Backed) "
    r"(?:by|on|for|in|with|from|at) (?:(?!, (?:the|an?|[A-Z])).)*[.!]$"
    r"|(?:Helps|Allows|Lets|Makes|Provides|Supports|Enables|Adds|Gives|Shows|Includes|Keeps|Turns|Runs|Fixes) (?!of\b)"
)
# "Delivering better service with agents that learn.": no verb of its own, its clauses left out.
FRAGMENT = re.compile(
    r"[A-Z][a-z]+ing (?:(?!(?:that|which|who|is|are|was|were|will|would|can|could|may|might|must|has|have|had|does|did|"
    r"means|allows|helps|makes|gives|requires|enables|lets|takes|remains|became|becomes|said|says|[a-z]+ed)\b)"
    r"[^ .!?]+ )*(?:that [^,.—]*)?[^ .!?]+[.!]$"
    r"|\d[\d,]* (?:[\w-]+ ){1,4}[a-z]+ing (?:(?!(?:is|are|was|were|has|have|had|will|would|can|could|may|said|says) )"
    r"[^ .!?]+ )*[^ .!?]+[.!]$"
)
DATED = by_letter(rf"\b{MONTH} \d{{1,2}}, (?:19|20)\d\d\b")
HAPPENED = re.compile(r"\b(?:said|says|was|were|has|had|announced|reported|told|will|is|are|\w+ed)\b")
GRAMMAR = re.compile(
    r"\b(?:the|an?|its|his|her|their|this|that|it|he|she|they|was|were|has|have|had|is|are|be|been|will|"
    r"would|could|"
    r"said|to|which|who|than|after|because|on|of|by|from)\b",
    re.IGNORECASE,
)
TERMINATED = re.compile(r"[.!][\"”’')\]]*$")
CODE = re.compile(
    r"[{}<>|\\~^=*]|\w+\(\)|\w+_\w+|::|->|^(?:import|from|def|pip|!pip|\$) |\b\w+\.(?:py|js|json|md)\b"
)
# One of these is in all that CODE finds, which is slow to look for.
CODE_MARK = by_letter(r"[{}<>|\\~^=*_]|\(\)|::|->|^(?:import|from|def|pip|!pip|\$) |\.(?:py|js|json|md)\b")
WORD = re.compile(r"[A-Za-z’'-]+")
BEGINS_NO_SENTENCE = (URGES, FRAGMENT, ASKS_ONLY, ORPHAN, GLUED, TIMELINE, ORDER, WHO_IS_SHOWN, BY_LINE)
FIRST_PERSON = by_letter(r"\b(?:I|I[’']\w+|[Mm]y|[Mm]e|[Mm]yself|[Mm]ine)\b")
FIRST_PLURAL = by_letter(r"\b(?:[Ww]e|[Ww]e[’']\w+|[Oo]urs?|[Uu]s|[Oo]urselves|[Ll]et[’']s)\b")
SECOND_PERSON = by_letter(r"\b(?:[Yy]ou|[Yy]ou[’']\w+|[Yy]ours?|[Yy]ourself)\b")
QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"")
# Somebody who would not speak answers nothing.
NO_COMMENT = by_letter(
    r"\b(?:no comment|declined to (?:comment|confirm|say|discuss|elaborate|answer)|refused to comment|"
    r"(?:did not|didn[’']t|has not|have not) (?:immediately )?(?:respond|return|reply|responded|returned|replied)\b|"
    r"(?:could not|couldn[’']t) (?:immediately )?be reached|yet to comment|(?:would|will) not comment)"
)


def bare(text: str) -> str:
    """The words as shown to readers: one space between words, no mark-up signs, entities resolved.

    Of a tag that is no formatting its name stays. Plain text comes back as it is.
    """
    if "&" in text or "<" in text:
        text = TAG.sub(r"\1", html.unescape(text))
    return " ".join(MARK_UP.sub("", text).split())


def trimmed(text: str, start: int, end: int, opens_passage: bool) -> int:
    """Where the sentence `text[start:end]` begins once a dateline, a list's label and a filler word are cut off."""
    if opens_passage and (dateline := DATELINE.match(text, start, end)):
        start = dateline.end()
    if ":" in text[start:end] and (point := POINT.match(text, start, end)):
        start = point.end()
    if filler := FILLER.match(text, start, end):
        start = filler.end()
    return start


def unquoted(text: str) -> str:
    """The text without what stands in double quotation marks."""
    if '"' not in text and "“" not in text:  # most have none, and every rule asks
        return text.replace("  ", " ")
    return QUOTED.sub(" “” ", text).replace("  ", " ")


@lru_cache(maxsize=4000)  # a reader's lens asks again what the brief has asked
def tells(text: str, *, addressing: bool = False) -> bool:
    """Whether this is a whole, plain sentence that a story could be told with.

    `addressing`: it may speak to the reader, as the only sentence of a short announcement does.
    """
    if not SHORTEST <= len(text) <= LONGEST or len(text.split()) < 6:
        return False
    if not TERMINATED.search(text) or "..." in text or "…" in text or " ." in text or not balanced(text):
        return False
    if not BEGINS.match(text) or any(pattern.match(text) for pattern in BEGINS_NO_SENTENCE):
        return False
    if DATED.search(text) and not HAPPENED.search(text.replace("displayed", "")):
        return False
    if GLUED_IN.search(text) or CAPTION.search(text) or (CODE_MARK.search(text) and CODE.search(text)):
        return False
    own = unquoted(text)
    if NEVER.search(own.lower()) or FIRST_PERSON.search(own) or "?" in own:
        return False
    return (addressing or not SECOND_PERSON.search(own)) and _looks_like_prose(text)


def speaks_as_we(text: str) -> bool:
    """Whether the writer speaks of itself: fit to be used only when an organisation's own words are "
    "all there is."""
    return bool(FIRST_PLURAL.search(unquoted(text)))


def _looks_like_prose(text: str) -> bool:
    words = WORD.findall(text)
    if len(words) < 16 and not GRAMMAR.search(text):
        return False  # a headline or a line of a list
    lower = sum(word[0].islower() for word in words)
    return len("".join(words)) > 0.6 * len(text) and lower >= 0.38 * len(words)
