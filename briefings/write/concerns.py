# ruff: noqa: E501 - a table of patterns, one concern a line
"""What readers of a role or an industry look for in a story, and the words by which a sentence shows it; data."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Concern:
    """`said`: inside a sentence; `cares`: marks it in the text on a reader; `shown`: marks it in a story's sentence."""

    said: str
    cares: re.Pattern[str]
    shown: re.Pattern[str]

    def words(self, text: str) -> frozenset[str]:
        """The different words by which a text shows it: one for a word and its plural, one for all names of models."""
        return frozenset(map(_folded, self.shown.findall(text)))


def _folded(word: str) -> str:
    if _MODEL.match(word):
        return "a model"
    word = word.lower()
    return f"{word[:-3]}y" if word.endswith("ies") else word.rstrip("s")


def _concern(said: str, cares: str, shown: str) -> Concern:
    return Concern(said, re.compile(rf"\b(?:{cares})", re.I), re.compile(rf"\b(?:{shown})", re.I))


# Makers' names for their models, where a version follows: "Qwen3.8", "Claude Haiku 4.5", "DeepSeek R1".
MODELS = r"(?:GPT|Claude|Gemini|Gemma|Grok|Llama|Qwen|DeepSeek|Mistral|Kimi|GLM|Opus|Sonnet|Haiku|Nemotron)[ -]?(?:(?:Opus|Sonnet|Haiku|Fable|Large|Medium|Small|Nano|Mini|Flash|Pro|Max|Ultra|Code|Coder|Fast|OSS|Next)[ -])*[a-z]?\d(?!\d* (?:million|billion|percent))"
_MODEL = re.compile(MODELS, re.I)
# The narrow ones first: they say most about a reader.
CONCERNS = (
    _concern("patients and care", "hospital|patient|clinical|medic", "hospital|patients?\\b|clinic|doctor|medical|health ?care|health advice|diagnos|therap|nurse|FDA\\b"),
    _concern("drugs and biology", "drug|protein|biolog|genom", "drugs?\\b|protein|biolog|genom|molecul|clinical trial|pharma|vaccine|stem cell|scientist"),
    _concern("teaching and learning", "teach|student|school|tutor", "teach|students?\\b|schools?\\b|universit|tutor|classroom|exams?\\b|cheat|educat|college|homework"),
    _concern("banks and payments", "bank|payment|credit|trading", "banks?\\b|banking|payments?\\b|credit|creditworth|loans?\\b|traders?\\b|stock|shares\\b|share price|investors?\\b|fintech|fraud|finance|financial|S&P|Nasdaq|hedge fund|index fund"),
    _concern("insurance and cover", "insur|underwrit|claims handling", "insur|underwrit|actuar|liabilit|premiums?\\b|damages|compensat"),
    _concern("shops and shopping", "shop|retail|checkout|marketplace", "shop|retail|stores?\\b|checkout|e-commerce|merchant|Amazon|Walmart|consumers?\\b"),
    _concern("consumer products", "household|consumer devices|brands", "consumers?\\b|brands?\\b|devices?\\b|wearable|gadget|speakers?\\b|phones?\\b"),
    _concern("factories and robots", "factor(?:y|ies)|robots|humanoid|machines", "factor(?:y|ies)|robots?\\b|robotic|humanoid|manufactur|tariff|supply chain|automation|suppliers?\\b"),
    _concern("cars and driving", "cars\\b|robotaxi|vehicle|driver", "cars?\\b|robotaxi|vehicles?\\b|self-driving|autonomous driv|Tesla|Waymo|drivers?\\b|automak"),
    _concern("power and the grid", "electricity|grids?|nuclear|oil", "electric|power suppl|power plant|power compan|grids?\\b|nuclear|energy|megawatt|gigawatt|emissions|cooling"),
    _concern("networks and devices", "operators|spectrum|handset|networks:", "telecom|5G|networks?\\b|smartphone|handset|on-device|edge comput|broadband|carriers?\\b|phones?\\b"),
    _concern("chips and hardware", "chips?\\b|processors|accelerators|foundr", "chips?\\b|chipmak|Nvidia|AMD\\b|Intel\\b|Broadcom|ASML|SK Hynix|Micron\\b|GPUs?\\b|graphics process|semiconduct|H20\\b|H100|Blackwell|foundr|TSMC|export (?:control|rule|licen)|memory|data cent"),
    _concern("rights and creative work", "copyright|film|music|licensing|creative", "copyright|authors?\\b|books?\\b|publishers?\\b|film|music|movies?\\b|licens|pirat|artists?\\b|fair use|royalt|image generat|video generat|streaming|voice"),
    _concern("news and reliable information", "news,|misinformation|conflicts of interest|leaks", "misinformation|journalis|newsroom|publishers?\\b|fact.check|leaked|documents?\\b|court papers|measured and published by|propaganda|critics|did not respond|declined to|source close"),
    _concern("advertising and search", "advertis|ads in|search traffic", "advertis|ads?\\b|marketers?\\b|search (?:result|traffic|engine|feature)|campaigns?\\b|brand|targeting"),
    _concern("public money and rules for government", "public administration|procurement|legislation|public policy|executive orders", "federal|governments?\\b|agenc(?:y|ies)|Congress|senat|lawmak|executive order|legislat|bill\\b|policy|policies|state laws?|AI Act|regulat|White House|procure|elections?\\b|voters?\\b"),
    _concern("defence and security of states", "military|weapons|defence:|space", "military|Pentagon|defen[cs]e|weapons?\\b|drones?\\b|intelligence agenc|satellite|national security|export (?:control|rule)|cyberattack|NSA\\b|FBI\\b"),
    _concern("law and liability", "lawsuit|rulings|liabilit|law firms|courts|statutes|contracts, liability", "lawsuit|sued|suing|courts?\\b|judges?\\b|ruled|ruling|settle|class action|copyright|liab|privacy law|antitrust|AI Act|statut|attorneys? general|compl(?:y|iance)|fines\\b|fined|fine of|penalt|duties|legal|licence"),
    _concern("compliance and supervision", "compliance|supervis|regulat|fairness rules|disclosure rules|enforcement|controls that", "compl(?:y|iance)|regulat|supervis|AI Act|fines\\b|fined|fine of|penalt|FTC\\b|SEC\\b|enforce|duties|oversight|rules?\\b|audit|settlement"),
    _concern("clients and measured results", "clients|outsourcing|productivity studies", "clients?\\b|consult|outsourc|productivity|customers?\\b|adoption|enterprise|employees"),
    _concern("land, buildings and sites", "property|building design|construction", "real estate|property|construction|buildings?\\b|sites?\\b|data cent|permits?\\b|square feet|leases?\\b|housing"),
    _concern("travel and bookings", "airline|hotel|booking", "airlines?\\b|hotels?\\b|travel|booking|trips?\\b|flights?\\b|tourist|restaurant"),
    _concern("freight and delivery", "freight|warehouse|delivery|route planning", "freight|warehouse|deliver(?:y|ies)|logistic|trucks?\\b|shipping|drones?\\b|supply chain|tariff"),
    _concern("farming and food", "farm|crop|food", "farm|crops?\\b|food|agricult|harvest(?:er|ing)|livestock"),
    _concern("open access and safety research", "charit|foundations|public interest|donated", "open.?(?:weight|source|model)|non-?profit|charit|safety|grants?\\b|donat|research|free of charge|public interest"),
    _concern("security and data protection", "security|data protection|data leaks|cyber|confidential|privacy|access control", "security|cyber(?!truck| monday|punk)|zero.trust|exploits\\b|agent identit|access controls?\\b|(?:an|new|the) access model|(?<!regulatory )sandbox|jailbreak|prompt injection|unauthori[sz]ed access|breach|hack|leak|vulnerab|attack|privacy|personal (?:data|information)|encrypt|malicious|safety test|dangerous|fraud|surveillance|passwords?\\b"),
    _concern("jobs and skills", "hiring|layoffs|skills|jobs|workplace|wellbeing", "jobs?\\b|layoffs?\\b|laid off|hir(?:e|es|ed|ing)\\b|employees|workers?\\b|staff|talent|salar|skills|workforce|engineers at"),
    _concern("prices and limits", "price|pricing|cost|latency|token", "pric(?:e|es|ed|ing)\\b|costs?\\b|per million|(?:(?<=million)|(?<=billion)|(?<=thousand)|(?<=\\d[KMB])|(?<=\\d))[ -](?:(?:in|out)put[ -]|cached[ -])?tokens?\\b|discount|cheap|\\$\\d|billed|(?:rate|usage|message|token|context) (?:limit|length|budget)s?|subscri|free tier"),
    _concern("money and valuations", "funding|valuation|revenue|earnings|margins|capital|financial health|money", "revenue|valu(?:ed|ation)|market value|funding|raised|invest|earnings|profit|margin|shares\\b|share price|stock|billion|trillion|acqui|IPO|spend"),
    _concern("what the models can and cannot do", "capabilit|benchmark|evaluation|architecture|context length|reasoning|methods|model comparison|limits", "benchmark|scores?\\b|scored\\b|leaderboard|frontier (?:AI |open )?models?\\b|Pareto|multimodal|capabilit|overthink|(?:vision|reasoning|world) models?\\b|" + MODELS + "|percent on|percent for|outperform|reason(?:s|ing)|hallucinat|invents? facts|context|parameters|trained|training|accura|tests?\\b|SWE-bench|LMArena|open.?weight|experts|weights"),
    _concern("building on the models", "APIs|SDK|coding|developer|open source|breaking changes|production", "API\\b|SDK|programming interface|development kit|agentic|agent skills|MCP\\b|Context Protocol|fine-?tun|Codex|developers?\\b|cod(?:e|ing)\\b|open.?source|software|tool calls|licen[cs]e|GitHub|Copilot|Azure|library|app\\b|apps\\b"),
    _concern("suppliers and contracts", "vendor|suppliers|lock-in|licences|contracts|rolling out|build or buy", "vendors?\\b|contract|licen[cs]e|Enterprise|enterprise|Microsoft|Azure|customers?\\b|removed|retire|availab|outage|roll(?:ed|s|ing)? out|supplier|partners?\\b"),
    _concern("products and their users", "launches|features|usability|adoption|roadmap|customers are buying|capabilities users", "launch|introducing\\b|now available|features?\\b|users?\\b|subscribers?\\b|roll(?:s|ed|ing)? out|products?\\b|version|app\\b|apps\\b|customers?\\b|menu|complain|weekly|interface|plans? to"),
    _concern("competition and who gains", "compet|market share|who gains|big labs|partnerships|startups", "compet|rival|market|largest|overt(?:ake|ook)|lead(?:s|ing)\\b|partner|acqui|startups?\\b|ahead of|China|founder|investors?\\b|monopol|antitrust|most valuable"),
    _concern("creative tools and interfaces", "interface generation|creative tools|accessib|human-centred", "images?\\b|videos?\\b|voice|interface|design|features?\\b|creative|users?\\b|menu"),
    _concern("customers and selling", "selling|sales assistants|purchase|packaging", "customers?\\b|pric(?:e|es|ed|ing)\\b|sales|sold|sells|contracts?\\b|deals?\\b|enterprise|subscri|buyers?\\b|discount"),
    _concern("audiences and attitudes", "audience|brand safety|consumer attitudes|campaign", "users?\\b|consumers?\\b|audience|advert|ads?\\b|campaign|posts?\\b|content|poll|survey|complain|trust"),
    _concern("reliability and operations", "outages|automation of processes|customer support|deployment", "outage|failed|out of order|reliab|automat|support|productiv|deploy|workers?\\b|repair|suppl|robots?\\b|errors?\\b"),
    _concern("evidence and open science", "papers|peer review|interpretab|alignment|scaling|datasets|reproduced", "papers?\\b|research|stud(?:y|ies)|trained|training|data\\b|weights|benchmark|parameters|measured|independent|method|alignment|safety|reinforcement"),
    _concern("strategy and big moves", "strategy", "announc|plans? to|acqui|billion|partner|strategy|deal\\b|market|chief executive|CEO|board|invest|rival"),
)  # fmt: skip
