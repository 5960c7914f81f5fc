"""Calls the OpenAI embeddings protocol, which OpenAI, Ollama, vLLM and Gemini speak.

https://platform.openai.com/docs/api-reference/embeddings
"""

from typing import Any

from shared.meter import Usage
from shared.providers.calls import Provider, Request, bearer
from shared.providers.embed.base import Purpose
from shared.providers.embed.remote import RemoteEmbedder
from shared.settings import Settings

_MOST = 100  # texts of a request: Gemini's limit; OpenAI's is 2,048


def by_settings(config: Settings) -> RemoteEmbedder:
    """The embedding model at EMBED_BASE_URL."""
    remedies = {
        400: "The embedding model refused the request (HTTP 400); check EMBED_MODEL and EMBED_DIMENSIONS.",
        402: "The embedding model's account has no credit; top it up or remove EMBED_API_KEY.",
        404: f"The model {config.embed_model} is unknown at EMBED_BASE_URL; check EMBED_MODEL.",
    }
    provider = Provider(
        "embed",
        "The embedding model",
        config.embed_base_url,
        key="EMBED_API_KEY",
        secrets=bearer(config.embed_api_key),
        seconds=config.embed_seconds,
        remedies=remedies,
        transient=frozenset({408, 409}),
    )

    def request(texts: list[str], purpose: Purpose) -> Request:
        body = {
            "model": config.embed_model,
            "input": texts,
            "dimensions": config.embed_dimensions,
            "encoding_format": "float",
        }
        return Request("/embeddings", body, paid=config.embed_usd_per_million > 0)

    def used(answer: dict[str, Any]) -> Usage:
        tokens = max(0, int((answer.get("usage") or {}).get("total_tokens") or 0))
        return Usage("embed", tokens=tokens, usd=tokens * config.embed_usd_per_million / 1e6)

    return RemoteEmbedder(
        provider, config.embed_model, config.embed_dimensions, most=_MOST, request=request, read=_vectors, used=used
    )


def _vectors(answer: dict[str, Any]) -> list[list[float]]:
    """The vectors, in the order of the texts, which the answer's own order need not be."""
    rows = sorted(answer["data"], key=lambda row: int(row["index"]))
    return [[float(value) for value in row["embedding"]] for row in rows]
