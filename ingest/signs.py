"""The signs by which the relevance gate knows AI news, as data: name, pattern and what it is worth."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Sign:
    """`words` are the alternatives to be found as whole words of plain text, in lower case unless `case`."""

    name: str
    worth: float
    words: str
    pattern: re.Pattern[str]  # of the same, matching from the start of a word
    case: bool = False
    title_only: bool = False


def _sign(name: str, worth: float, pattern: str, *, case: bool = False, title_only: bool = False) -> Sign:
    # Lower-case patterns on lower-case text: twice as fast as telling the engine to ignore case.
    words = pattern if case else pattern.lower()
    return Sign(name, worth, words, re.compile(rf"(?:{words})(?!\w)"), case, title_only)


# What a source's kind says before a word is read: labs write about their own work, even in "Usage policy update".
PRIOR: Final[dict[str, float]] = {
    "lab": 1.8,
    "research": 0.9,
    "newsletter": 0.4,
    "hardware": 0.3,
    "policy": 0.2,
}

FOR: Final = (
    _sign(
        "AI", 2.6, r"AI|A\.I\.|AIs|AI's|GenAI|[Aa]rtificial [Ii]ntelligence|[Aa]rtificial general", case=True
    ),
    _sign(
        "OpenAI",
        3.0,
        r"OpenAI|ChatGPT|GPT-?\d\w*|gpt-oss|Sam Altman|o[134](?:-mini|-pro)|Codex CLI|DALL-?E|Sora \d|Stargate project",
    ),
    _sign("Codex", 1.2, r"Codex(?! (?:Sinaiticus|Vaticanus|Alimentarius|Gigas|Mendoza)\b)", case=True),
    _sign("Anthropic", 3.0, r"Anthropic|Claude (?:\d|Code|Opus|Sonnet|Haiku|AI)\w*|Claude's|Dario Amodei"),
    _sign(
        "Claude",
        1.9,
        r"(?<!-)Claude(?! (?:Monet|Debussy|Shannon|Juncker|Van Damme|Lévi-Strauss|Chabrol|Makélélé)\b)",
        case=True,
    ),
    _sign(
        "Google's AI",
        2.6,
        r"DeepMind|NotebookLM|Gemini (?:\d|Deep|Live|Pro|Flash|Nano|CLI|app|features|assistant|for)[\w.]*"
        r"|Google's Gemini|Gemma \d?\w*|Veo \d|Imagen \d|AlphaFold|AlphaEvolve|Genie \d",
    ),
    _sign("Gemini", 1.5, r"Gemini", case=True),
    _sign("xAI", 2.6, r"xAI|Grok(?:'s)?(?:-?\d)?"),
    _sign("Meta's AI", 2.6, r"Meta AI|Superintelligence Labs|Llama[ -]?\d(?:\.\d)?|Alexandr Wang|Scale AI"),
    _sign(
        "other labs",
        2.6,
        r"DeepSeek|Qwen[\w.-]*|Kimi K\d|Moonshot AI|Zhipu|GLM-\d[\w.]*|(?:Mi|Mini|Magi|Code|Dev)stral|(?:Pix|Vox)tral"
        r"|Hugging ?Face|Perplexity|MiniMax"
        r"|Baichuan|Thinking Machines|Safe Superintelligence|Character\.AI|Stability AI|Midjourney"
        r"|ElevenLabs|Runway ML|AI2|Hunyuan|Doubao|ByteDance Seed|Cohere|Sakana|Reka"
        r"|Databricks|Cerebras|Groq|CoreWeave|LangChain|Ollama|vLLM|llama\.cpp|OpenRouter",
    ),
    _sign(
        "language models",
        2.8,
        r"LLMs?|large language models?|language models?|foundation models?|frontier models?|reasoning models?"
        r"|open-weights?|diffusion models?|world models?|multimodal models?|vision-language"
        r"|text-to-(?:image|video|speech)|speech-to-speech|mixture[- ]of[- ]experts|MoE|transformer models?",
    ),
    _sign(
        "machine learning",
        2.4,
        r"machine[- ]learning|deep learning|neural net(?:work)?s?|reinforcement learning|RLHF|computer vision"
        r"|fine-?tun\w+"
        r"|pre-?train\w+|embeddings?|hallucinat\w+|superintelligen\w+|AGI|machine intelligence",
    ),
    _sign(
        "building with models",
        1.9,
        r"prompt (?:injections?|engineer\w*)|system prompts?|context (?:windows?|engineering)|jailbreak\w*"
        r"|retrieval[- ]augmented(?: generation)?|RAG|vector (?:databases?|search|stores?)|tokeni[sz]ers?"
        r"|interpretability|model (?:weights|cards?|evals?)|red[- ]team\w*|guardrails?",
    ),
    _sign("chatbots", 2.4, r"chatbots?|conversational agents?|(?:digital|virtual) companions?"),
    _sign(
        "agents",
        2.2,
        r"agentic|AI-native|model context protocol|MCP|multi-agent|sub-?agents?"
        r"|(?:autonomous|coding|cloud|voice|web|browser|research|managed|trustworthy|long-running) agents?"
        r"|agents?[- ](?:framework|SDK|harness|native|skills?|mode|workflows?|builder|orchestration)\w*",
    ),
    _sign(
        "AI coding",
        2.4,
        r"vibe[- ]cod\w+|Copilot|Codeium|Cursor(?:'s)? (?:AI|new|editor|raises|is)|Windsurf|Cognition|Lovable"
        r"|Replit|Devin"
        r"|Claude Code",
    ),
    _sign(
        "generated media",
        2.2,
        r"deepfakes?|generative|voice clon\w+|synthetic (?:media|data|voices?)|image generator",
    ),
    _sign("assistants", 1.8, r"Alexa\+|Siri|voice assistants?|virtual assistants?|Apple Intelligence|Bixby"),
    _sign(
        "robots",
        1.8,
        r"humanoids?|robotics|robot (?:brains?|learning|policy)|embodied|Optimus|Figure 0\d|Boston Dynamics",
    ),
    _sign("driverless cars", 0.9, r"robotaxis?|self-driving|driverless|autonomous vehicles?|Waymo"),
    _sign(
        "AI chips",
        1.6,
        r"Nvidia(?:'s)?|[HB][1-3]00s?|H20s?|Blackwell|GPUs?|TPUs?|export controls|HBM\d?|TSMC|chip exports"
        r"|AI accelerators?|Jensen Huang",
    ),
    _sign(
        "computing capacity",
        1.4,
        r"data cent(?:er|re)s?|hyperscalers?|supercomputers?|gigawatts?|GW|Stargate",
    ),
    _sign(
        "algorithms",
        0.7,
        r"algorithms?|face recognition|facial recognition|biometrics?|benchmarks?|inference",
    ),
)

AGAINST: Final = (
    _sign(
        "a coupon page",
        5.0,
        r"promo codes?|coupons?|discount codes?|gift (?:guide|ideas)|% off|lowest price|prime day|black friday"
        r"|cyber monday|save \$\d+",
        title_only=True,
    ),
    _sign(
        "a shopping page",
        2.5,
        r"\d+ best|best .{3,60} (?:of|for|in) \d{4}|best .{3,80}\(\d{4}\)|buyer's guide|buying guide|deals?(?: of| on)",
        title_only=True,
    ),
    _sign("a product review", 2.0, r"review(?=:| \(|$)|teardown|hands-on|unboxing", title_only=True),
    _sign(
        "entertainment",
        3.0,
        r"(?:best )?(?:movies|shows|series|podcasts) (?:on|to|right)|crossword|horoscopes?|box office",
        title_only=True,
    ),
    _sign(
        "a roundup of gadgets", 2.0, r"gear news|Wear OS|headphones|smartwatch\w*|doorbell", title_only=True
    ),
    _sign(
        "an announcement of an event",
        1.2,
        r"disrupt \d{4}|startup battlefield|(?:ticket|pass) savings|early[- ]bird|register now|how to watch"
        r"|call for (?:speakers|papers)|exhibit(?:or)? tables?|webinar",
        title_only=True,
    ),
    _sign(
        "other Geminis",
        4.0,
        r"Winklevoss|crypto (?:exchange|company|firm)|zodiac|Gemini (?:Observatory|spacecraft|season|meteors?)",
    ),
    _sign("company pay", 1.2, r"(?:comp|compensation|pay) package", title_only=True),
)
