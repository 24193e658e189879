"""Words that tell topics from what is written with a capital besides; data, no rules."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Names of the field, which count in a headline whatever its other words look like.
KNOWN = frozenset(
    name.strip()
    for name in """
    OpenAI | Open AI | ChatGPT | Anthropic | Claude | Google | DeepMind | Google DeepMind | Gemini | Gemma | Microsoft |
    Copilot | Meta | Llama | Nvidia | NVIDIA | AMD | Apple | Siri | Amazon | Alexa | AWS | xAI | Grok | Tesla |
    Mistral | Mistral AI | DeepSeek | Qwen | Alibaba | Moonshot AI | Zhipu | Baidu | Tencent | ByteDance | Huawei |
    Hugging Face | Perplexity | Cohere | Stability AI | Midjourney | ElevenLabs | Databricks | Snowflake |
    Scale AI | Cerebras | Groq | CoreWeave | Oracle | IBM | Samsung | TSMC | SoftBank | Salesforce | GitHub |
    LangChain | Ollama | vLLM | PyTorch | Waymo | Reddit | Wikipedia | Cloudflare | Adobe | Figma | Stargate |
    NotebookLM | Sora | Codex | Veo | Imagen | Claude Code | gpt-oss | Character.AI | Palantir | Duolingo |
    Spotify | Netflix
    """.replace("\n", " ").split("|")
) - {""}

# What a model's name is followed by where it comes in sizes, and what goes before its number.
SIZES = r"(?:mini|nano|micro|small|medium|large|lite|flash|pro|max|ultra|turbo|codex|air|sonnet|opus|haiku)"
FAMILIES = r"GPT|Claude(?: Opus| Sonnet| Haiku)?|Opus|Sonnet|Haiku|Gemini|Gemma|Llama|Grok|Qwen|DeepSeek|Kimi K|GLM|Veo"

# As `spelling.key` makes them: written with capitals, and yet nothing that could be followed.
GENERIC = _words(
    """
    agi asi ml nlp ceo cto cfo coo vp ipo app apps web internet online cloud data api apis sdk cli ide ai gpu gpus cpu
    llm llms vlm moe rag mcp openweight opensource artificialintelligence artificialgeneralintelligence machinelearning
    deeplearning generativeai genai aiagents agenticai agents agent chatbot chatbots largelanguagemodels
    largelanguagemodel foundationmodels responsibleai aisafety model models news blog newsletter podcast paper research
    report update updates press release statement conference summit bigtech siliconvalley wallstreet mainstreet q1 q2 q3
    q4 h1 h2 us usa uk eu uae america american europe european china chinese india indian japan britain germany france
    canada russia world earth vc pdf systemcard lessonslearned introduction overview tutorial review interview
    productmanager engineer engineering developer developers customer customers enterprise business education health
    security privacy safety policy government congress senate nationallabs technicalreport
    """
)
