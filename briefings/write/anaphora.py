"""Finds sentences that cannot stand alone because a pronoun or "the company" points at the sentence before."""

from __future__ import annotations

import re
from collections.abc import Iterable

from briefings.write.alternatives import by_letter
from briefings.write.furniture import unquoted
from briefings.write.lexicon import ACTORS
from briefings.write.names import TITLES

OPENING = re.compile(
    r"(?:[“\"‘']?)(?:This|That|These|Those|Such|It|Its|It[’']s|He|She|His|Her|They|Their|Them|He[’']s|She[’']s|"
    r"They[’']re|"
    r"That[’']s|But|And|Or|So|Nor|Yet|Also|Plus|However|Still|Meanwhile|Moreover|Furthermore|Additionally|Instead|"
    r"Indeed|Consequently|Accordingly|Further|In another|In essence|In short|"
    r"Nevertheless|Nonetheless|Therefore|Thus|Hence|Then|Similarly|Likewise|Otherwise|Either way|Again|Another|"
    r"All (?:\w+ )?of (?:the|them)|All (?:of )?(?:this|that|these|those)|"
    r"The (?:following|previous|preceding) (?:day|week|month|year)|All (?:three|four|five|six|seven)|"
    r"Others?|Both|Neither|Either|Each|One of (?:them|the)|Some of (?:them|the)|Most of (?:them|the)|Among (?:them|"
    r"those)|"
    r"Earlier,|Later,|Previously,|Soon,|Soon after|Then,|Prior to (?:that|this)|Before (?:that|this)|Here|There[’']s|"
    r"For example|For instance|In addition|In fact|As a result|As such|Of course|In other words|"
    r"In turn|In particular|By contrast|In contrast|On the (?:other hand|contrary|one hand)|At the same time|"
    r"At (?:that|this) (?:time|point)|After (?:that|this|all)|Because of (?:that|this)|Despite (?:that|this)|"
    r"In (?:this|that|doing so)|"
    r"To (?:that|this)|From (?:that|this|some other|other)|For (?:this|that)|With (?:this|that)|"
    r"Under (?:this|that)|Since then|Until then|By then|"
    r"Even so|If so|That said|"
    r"The (?:same|latter|former|two|three|other|others|pair|duo|trio|result|outcome|upshot|effect|mapping|"
    r"reason|answer|problem|point|idea|goal|"
    r"difference|"
    r"first|second|third|next|last|rest|company|companies|firm|agency|group|organization|organisation|"
    r"move|decision|announcement|news|statement|comments?|remarks?|post|tweet|message|letter|memo|report|article|"
    r"story|study|survey|poll|"
    r"incident|case|deal|change|changes|policy|feature|effort|plan|proposal|bill|order|ruling|program|project|tool|"
    r"site|service|app|"
    r"network|platform|startup|lab|giant|social network|tech giant|search giant|website|newspaper|paper|magazine|"
    r"outlet|channel|"
    r"suspects?|victims?|man|woman|men|women|couple|spokes\w+|official|officials|author|authors|researchers|team|"
    r"document|documents|"
    r"lawsuit|complaint|suit|investigation|probe|settlement|fine|hearing|event|attack|hack|breach|leak|video|videos|"
    r"image|images|photo|photos|"
    r"ad|ads|page|account|accounts|campaign|committee|department|judge|court|senator|congressman|lawmaker|president|"
    r"CEO|chief executive|"
    r"executive|executives|nominee|candidate|model|models|system|systems|dataset|library|approach|method|technique|"
    r"update|release|launch|"
    r"acquisition|investment|round|funding|offer|partnership|agreement|list|process|question|issue|problem|situation|"
    r"response|reaction|"
    r"concern|criticism|allegations?|accusations?|charges?|claims?|revelations?|disclosure|figure|figures|number|"
    r"numbers|total|amount|"
    r"increase|decrease|drop|rise|trend|practice|measure|measures|rule|rules|law|legislation|act|amendment|provision|"
    r"vote|"
    r"initiative|partnership|test|tests|experiment|results|findings|data|information|technology|product|products|"
    r"device|devices|"
    r"term|phrase|word|words|name|quote|line|clip|footage|interview|speech|conversation|meeting|call|discussion|"
    r"debate|conference|"
    r"controversy|scandal|episode|affair|fight|battle|dispute|conflict|feud|backlash|outcry|uproar|protest|boycott|"
    r"billionaire|entrepreneur|founder|mogul|executive|lawyer|attorney|whistleblower|contractor|hacker|hackers|"
    r"engineer|employee|employees|"
    r"reporter|journalist|columnist|host|professor|scientist|former|then-\w+|\d+-year-old)"
    r"(?!\w| of\b| that\b| in (?:which|the)\b| for\b| to\b| on\b| between\b| against\b| behind\b|, (?:known|called|"
    r"named|dubbed)))\b"
)
PERSONAL = by_letter(r"\b(?:he|she|him|his|her|hers|himself|herself|He|She|His|Her)\b")
NEUTRAL = by_letter(r"\b(?:they|them|their|theirs|it|its|itself|themselves)\b")
MANY = by_letter(r"\b(?:they|them|their|theirs|themselves)\b")
# Who or what "they" can be: a plural, two of them, or a body of people.
SEVERAL = re.compile(
    r"[a-z][a-z’'-]+s\b|[A-Z]\w+s\b| and |\b(?:people|men|women|children|police|data|media|everyone|anyone|someone|"
    r"nobody|team|company|group|government|public|staff|who|each|every|user|person|customer|reader)\b"
)
# "it" and "its" stand for one thing: a name, or a noun that only one of its kind has.
SINGLE = re.compile(
    r"\b(?:an?|the|this|each|every|one|no|another|its|his|her|whose|which|that) [a-z\d]|[a-z][’']s \w|"
    r"\b(?:nothing|something|everything|anything|what)\b|\b[a-z]+(?:ing|tion|ness|ment|ity|ance|ence|ship|ware|ism)\b|"
    r"^[a-z][\w-]*[a-rt-z\d] (?:has|had|is|was|will|would|can|could|may|[a-z]+ed|[a-z]+s)\b",
    re.IGNORECASE,
)
# Not that of "makes it easy to try".
ONE = by_letter(r"\b(?:it|itself)\b(?!(?:[’']s)? (?:\w+ ){0,3}(?:to|that|how|whether|for|when|like)\b)")
# A time or place and then a pronoun: "With two factories, it leads the market".
SET_BEFORE = re.compile(
    r"(?:With|In|On|At|By|For|From|Under|During|Despite|Without|Besides|Beyond|Having|Using|Given) [^,“”\"]{2,70}, "
    r"(?:(?:they|he|she)\b|it\b(?!(?:[’']s)? (?:\w+ ){0,3}(?:to|that|how|whether|what)\b))"
)
# "A buyer will therefore have to ask": the reason stands before, in the sentence or out of it.
THEREFORE = by_letter(r"\b(?:therefore|thus|hence|consequently|accordingly)\b")
REASONED = re.compile(r"\b(?:and|because|since|as|so|but|if|when)\b|[;:]")
SPEECH_TAG = by_letter(
    r"\b(?:he|she|they|it) (?:said|says|told|added|wrote|tweeted|asked|continued|explained|noted|argued|replied|"
    r"concluded|testified|stated|posted|warned)\b"
    r"|\b(?:said|says|added|wrote|asked|continued) (?:he|she|they)\b"
    r"|[,”\"] (?:the|his|her|their|a) (?:statement|post|letter|report|memo|company|spokes\w+|source|official|email|"
    r"note|tweet|group|study|article|filing|"
    r"complaint|document|suit|lawsuit|agency|organization|network|newspaper|paper|president|senator|judge|lawmaker|"
    r"professor|author)\w*"
    r" (?:said|says|added|wrote|continued|read|reads|noted|told|stated|explained|concluded|tweeted|continues)\b"
    r"|\b(?:said|says|told|added|wrote) (?:in the|in a) same\b"
)
POINTING = re.compile(
    r"\b(?:either|neither|both|each|one|some|any|none|all|most|many) of (?:these|those|them)\b"
    r"|\b(?:these|those)\b(?! who| that| with| in\b| of\b| from| on\b| as\b| whose| which| under| at\b| already)"
    r"|\bsuch (?!as\b|a\b|an\b)\w+"
    r"|\bthis (?!week|month|year|morning|afternoon|evening|summer|fall|spring|winter|time|century|decade|weekend|"
    r"quarter|season|fiscal|past|coming)\w+"
    r"|\bthat (?:move|decision|case|company|kind of|point|approach|issue|problem|way|year's|change|program|policy|"
    r"law|bill|rule|"
    r"incident|attack|person|people|man|woman|statement|claim|report|story|article|post|tool|model|feature)\b"
    r"|\bthe (?:latter|former,|same (?:day|time|thing|way|person|company))\b|\b(?:doing|did|do|does) so\b|\bas well\."
    r"|\bthe first (?:two|three)\b(?! \w)|\b(?:from|to|by|of|with|for|on) (?:this|that)(?=[,.;])"
    r"|\b(?:at|by|since|until) th(?:e|at) time\b|\bthat (?:year|month|week|day|time|summer|night|morning)\b"
    r"|\bthe rest\b(?! of)|\bin question\b|\btoo\.$|\bas such\b"
)
# "to that database", where none was named before it.
THAT_ONE = re.compile(
    r"\b(?:from|to|into|of|with|for|on|by|at|through|under|over|behind|against|before|after) that "
    r"(?!(?:the|an?|it|he|she|they|we|this|there|is|are|was|were|has|have|had|will|would|can|could|may|if|when|one|all|"
    r"no|not|some|its|their|his|her|of|in|to|for|from|you|size)\b)(?P<what>[a-z]+)"
)
BARE_ACTOR = by_letter(
    r"\bthe (?:\d+-year-old|company|firm|agency|startup|suspect|victim|senator|congressman|congresswoman|lawmaker|"
    r"social network|tech giant|"
    r"social media giant|search giant|newspaper|lawsuit|complaint|letter|memo|bill|couple|organization|nonprofit|"
    r"website|pair|duo)(?:[’']s)?\b"
)
NAME = re.compile(
    r"(?<![.!?“\"] )(?<!^)\b[A-Z][\w’'.-]+|^[“\"]?(?!(?:The|A|An|In|On|At|As|For|By|With|After|Before|When|While|If|"
    r"To|From)\b)[A-Z][\w’'-]+"
)
CATAPHORA = re.compile(
    r"^(?:In|During|After|Before|Despite|On|At|With|For|As|While|When|Throughout|Since) [^,]{0,60}, (?!I\b)[A-Z]"
)
PERSON_NOUN = re.compile(
    r"\b(?:an?|the|one|every|each|any|who|someone|another|former|\d+-year-old) (?:[\w-]+ ){0,4}(?:man|woman|boy|girl|"
    r"user|person|student|teacher|president|"
    r"senator|director|chief|executive|CEO|officer|spokes\w+|engineer|employee|lawyer|official|judge|professor|"
    r"candidate|leader|"
    r"prince|minister|contractor|suspect|founder|author|commissioner|researcher|analyst|worker|customer)\b"
)


# "The Trump campaign" is nobody who could be "he".
BELONGINGS = (
    r"(?: [A-Z]\w+)? (?:campaign|administration|team|ads?|aides?|allies|supporters|officials|lawyers|tweets?|"
    r"posts?|videos?|story|scandal|organization|foundation|account|effort|plan|proposal)\b"
)
TITLED = re.compile(rf"\b{TITLES}\.? [A-Z][\w’'-]+(?![\w’'-]|{BELONGINGS})")
# Opens a quotation that answers something the reader has not seen.
QUOTED_POINTER = re.compile(
    r"^(?:That|This|It|He|She|They|These|Those|So|And|But|Either|Neither|Again|There(?!’s no doubt))\b"
    r"|\b(?:in|of|for|with|on|about|like|by) (?:that|this|those|these)(?=[,.])"
)


# Words with nobody to say them.
WHOLLY_QUOTED = re.compile(r"“[^“”]*”[.]?$|\"[^\"]*\"[.]?$|‘[^‘]*[.!]’$|'[^\"“]*[.!]'$")


def leans_back(text: str, names: frozenset[str], people: frozenset[str], topical: frozenset[str]) -> bool:
    """Whether `text` points at something named before it.

    `names`: the words that are names in this story; `people`: those of them that are a person's. `topical`: the nouns
    that it is about, known from its headline.
    """
    opening = OPENING.match(text)
    if opening and not _of_the_story(opening.group(), topical):
        return True
    own = unquoted(text)
    if POINTING.search(own) or _points_out(own) or WHOLLY_QUOTED.match(text) or _quotation_hangs(text):
        return True
    if tag := SPEECH_TAG.search(own):
        somebody = PERSONAL.search(tag.group()) is not None
        return not _named_before(own, SPEECH_TAG, people if somebody else names, person=True)
    if PERSONAL.search(own) and not _named_before(own, PERSONAL, people, person=True):
        return not CATAPHORA.match(own)
    if BARE_ACTOR.search(own) and not _named_before(own, BARE_ACTOR, names, person=False):
        return True
    many = MANY.search(own)
    if many and not SEVERAL.search(own[: many.start()]) and not CATAPHORA.match(own):
        return True
    if SET_BEFORE.match(own) or _follows_from_before(own) or _one_of_nothing(own, names):
        return True
    neutral = NEUTRAL.search(own)
    return bool(neutral and len(own[: neutral.start()].split()) < 3 and not CATAPHORA.match(own))


def _points_out(own: str) -> bool:
    """Whether a "that" with its noun means something that the sentence has not named before."""
    return " that " in own and any(
        match["what"] not in own[: match.start()].lower() for match in THAT_ONE.finditer(own)
    )


def _follows_from_before(own: str) -> bool:
    """Whether a "therefore" has its reason in no part of the sentence."""
    found = THEREFORE.search(own)
    return bool(found and not REASONED.search(own[: found.start()]))


def _one_of_nothing(own: str, names: frozenset[str]) -> bool:
    """Whether an "it" has nothing before it in the sentence that it could be."""
    found = ONE.search(own)
    return bool(
        found and not SINGLE.search(own[: found.start()]) and not _named_before(own, ONE, names, person=False)
    )


def only_names_a_thing(text: str, names: frozenset[str], people: frozenset[str]) -> bool:
    """Whether all that leans is a "The round ..." at the start, which reads well right below the story's headline."""
    opening = OPENING.match(text)
    words = opening.group().strip("“\"‘'").split() if opening else []
    if len(words) != 2 or words[0] != "The" or words[1] in ACTORS:
        return False
    return not leans_back(text, names, people, frozenset({words[1]}))


def opens_with(text: str) -> str:
    """The thing that a sentence opens with as known: "robots" of "The robots had ..."; empty when it does not."""
    opening = OPENING.match(text)
    words = opening.group().strip("“\"‘'").split() if opening else []
    return words[1] if len(words) == 2 and words[0] == "The" else ""


def speaks_of_somebody(text: str, people: frozenset[str]) -> bool:
    """Whether `text` says "he" or "she" of somebody whom only a sentence before it can name."""
    own = unquoted(text)
    return bool(PERSONAL.search(own)) and not _named_before(own, PERSONAL, people, person=True)


def names_somebody(text: str, surnames: Iterable[str]) -> bool:
    """Whether a "he" or "she" in the next sentence can be somebody in `text`: a named person or "the director"."""
    own = unquoted(text)
    if PERSON_NOUN.search(own) or TITLED.search(own):
        return True
    return any(re.search(rf"(?<![\w-]){re.escape(each)}(?![\w-]|{BELONGINGS})", own) for each in surnames)


def _quotation_hangs(text: str) -> bool:
    """Whether a sentence that opens with a quotation opens with words that point at what was said before them."""
    if text[0] not in '“"':
        return False
    opening = re.match(r"[“\"]([^”\"]{0,60})", text)
    return bool(opening and QUOTED_POINTER.search(opening.group(1)))


def _of_the_story(opener: str, topical: frozenset[str]) -> bool:
    words = opener.strip("“\"‘'").split()
    return len(words) == 2 and words[0] == "The" and words[1] in topical and words[1] not in ACTORS


def _named_before(own: str, pattern: re.Pattern[str], names: frozenset[str], *, person: bool) -> bool:
    found = pattern.search(own)
    before = own[: found.start()] if found else own
    if any(
        match.group().strip("“\"’'.").removesuffix("’s").removesuffix("'s") in names
        for match in NAME.finditer(before)
    ):
        return True
    return bool(person and PERSON_NOUN.search(before))
