"""Text embeddings on Vertex AI, with the function's service account.

https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api
"""

from typing import Any

from shared.gcp import credentials
from shared.meter import Usage
from shared.providers.calls import Provider, Request
from shared.providers.embed.base import Purpose
from shared.providers.embed.remote import RemoteEmbedder
from shared.providers.vendors import vertex_host
from shared.settings import Settings

_TASKS: dict[Purpose, str] = {"document": "RETRIEVAL_DOCUMENT", "query": "RETRIEVAL_QUERY"}
_MOST = 250  # texts of a request
_SINGLE = "gemini-embedding"  # models of this name take one text a request


def by_settings(config: Settings) -> RemoteEmbedder:
    """The embedding model that EMBED_VERTEX_MODEL names in EMBED_PROJECT."""
    refused = "Vertex AI refused the service account; give it the role Vertex AI User in EMBED_PROJECT."
    model, place = config.embed_vertex_model, config.embed_vertex_location
    remedies = {
        400: "Vertex AI refused the request (HTTP 400); check EMBED_VERTEX_MODEL and EMBED_DIMENSIONS.",
        401: refused,
        402: "Vertex AI needs billing; switch it on for EMBED_PROJECT.",
        403: refused,
        404: f"Vertex AI does not know {model} there; check EMBED_VERTEX_MODEL and EMBED_VERTEX_LOCATION.",
    }
    provider = Provider(
        "embed",
        "Vertex AI",
        config.embed_vertex_base_url or f"https://{vertex_host(place)}/v1",
        secrets=lambda: {"authorization": f"Bearer {credentials.access_token()}"},
        seconds=config.embed_seconds,
        remedies=remedies,
    )
    path = f"/projects/{config.embed_project}/locations/{place}/publishers/google/models/{model}:predict"

    def request(texts: list[str], purpose: Purpose) -> Request:
        instances = [{"content": text, "task_type": _TASKS[purpose]} for text in texts]
        parameters = {"outputDimensionality": config.embed_dimensions, "autoTruncate": True}
        return Request(path, {"instances": instances, "parameters": parameters}, paid=config.embed_usd_per_million > 0)

    def used(answer: dict[str, Any]) -> Usage:
        counts = [row["embeddings"].get("statistics", {}).get("token_count") for row in answer["predictions"]]
        tokens = sum(max(0, int(count or 0)) for count in counts)
        return Usage("embed", tokens=tokens, usd=tokens * config.embed_usd_per_million / 1e6)

    most = 1 if model.startswith(_SINGLE) else _MOST
    return RemoteEmbedder(
        provider, model, config.embed_dimensions, most=most, request=request, read=_vectors, used=used
    )


def _vectors(answer: dict[str, Any]) -> list[list[float]]:
    return [[float(value) for value in row["embeddings"]["values"]] for row in answer["predictions"]]
