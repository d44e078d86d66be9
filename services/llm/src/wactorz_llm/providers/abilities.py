"""Which model takes which files, how large, and as how many tokens they count at most; pure."""

import re
from dataclasses import replace

from wactorz_llm.contents import PICTURES
from wactorz_llm.takes import MB, NOTHING, Takes

_PNG_JPEG_WEBP = PICTURES - {"image/gif"}


_ANTHROPIC = Takes(PICTURES, documents=True, picture_bytes=3_900_000, total_bytes=20 * MB)
_OPENAI = Takes(PICTURES, documents=True, total_bytes=20 * MB)
_OPENAI_MINI = replace(_OPENAI, picture_tokens=50_000, pixels_of_token=30, page_tokens=50_000)
"""gpt-4o-mini counts a picture as thirty times the tokens, at a thirtieth of the price."""

_GEMINI = Takes(_PNG_JPEG_WEBP, documents=True, total_bytes=14 * MB, page_tokens=2_000)
_PICTURES = Takes(_PNG_JPEG_WEBP)
_OWN_MACHINE = replace(_PICTURES, picture_tokens=2_500)
"""On a machine of one's own tokens cost memory, which is taken before the question is sent."""


_BLIND = {
    "anthropic": re.compile(r"claude-(?:instant|1|2)"),
    "openai": re.compile(
        r"gpt-3|gpt-4(?:$|-\d|-32k)(?!-turbo)|o1-(?:mini|preview)|o3-mini|.*(?:audio|realtime|embedding|search-preview)"
    ),
    "gemini": re.compile(r".*embedding|gemini-1\.0|gemma-(?:1|2|3-(?:1b|270m)|3n)"),
}
_OPENAI_NAMES = re.compile(r"(?:.*/)?((?:chat)?gpt-|o\d)")
_SIGHTED = re.compile(
    r"vision|vlm|llava|bakllava|moondream|pixtral|internvl|cogvlm|paligemma|multimodal|kosmos|fuyu|neva|vila"
    r"|minicpm-?v|minicpm-o|qwen[\d.]*-?(?:vl|omni)|[-_/:]vl\b|llama-?4|gemma-?3(?!n|[:-](?:1b|270m))"
    r"|mistral-small-?3\.[12]|mistral-(?:small-3\.[12]|medium-3|large-3)|granite[\d.]*-vision|deepseek-?(?:vl|ocr)"
    r"|(?:^|/)(?:gpt-4o|gpt-4\.1|gpt-5|claude-|gemini-)"
)
"""Names of models that look at pictures, wherever they run."""


def takes_of(place: str, model: str, sighted: frozenset[str] = frozenset()) -> Takes:
    """What a model takes at a place: a provider's name, or `compatible` for others that speak OpenAI's format.

    `sighted`: names of models that look at pictures although their name does not say so.
    """
    name = model.lower().removeprefix("models/")
    blind = _BLIND.get(place)
    if blind is not None and blind.match(name):
        return NOTHING
    if place == "anthropic":
        return _ANTHROPIC
    if place == "gemini":
        return replace(_PICTURES, total_bytes=14 * MB) if name.startswith("gemma") else _GEMINI
    if place == "openai" or (place == "compatible" and _OPENAI_NAMES.match(name)):
        return _openai(name.rpartition("/")[2])
    usual = _OWN_MACHINE if place == "ollama" else _PICTURES
    return usual if name in sighted or _SIGHTED.search(name) else NOTHING


def _openai(name: str) -> Takes:
    if _BLIND["openai"].match(name) or "gpt-oss" in name:
        return NOTHING
    return _OPENAI_MINI if name.startswith("gpt-4o-mini") else _OPENAI
