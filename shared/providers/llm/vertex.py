"""Gemini on Vertex AI: its OpenAI-compatible endpoint, with the function's service account."""

from shared.gcp import credentials
from shared.providers.calls import Provider
from shared.providers.llm.openai_compatible import TRANSIENT, OpenAICompatible
from shared.providers.vendors import vertex_host
from shared.settings import Settings


def by_settings(config: Settings) -> OpenAICompatible:
    """The model that VERTEX_MODEL names in VERTEX_PROJECT."""
    refused = "Vertex AI refused the service account; give it the role Vertex AI User in VERTEX_PROJECT."
    remedies = {
        400: "Vertex AI refused the request (HTTP 400); check VERTEX_MODEL.",
        401: refused,
        402: "Vertex AI needs billing; switch it on for VERTEX_PROJECT.",
        403: refused,
        404: f"Vertex AI does not know {config.vertex_model} there; check VERTEX_MODEL and VERTEX_LOCATION.",
    }
    provider = Provider(
        "vertex",
        "Vertex AI",
        config.vertex_base_url or _address(config),
        secrets=lambda: {"authorization": f"Bearer {credentials.access_token()}"},
        seconds=config.llm_seconds,
        remedies=remedies,
        transient=TRANSIENT,
    )
    return OpenAICompatible(provider, config.vertex_model)


def _address(config: Settings) -> str:
    place = config.vertex_location
    return f"https://{vertex_host(place)}/v1beta1/projects/{config.vertex_project}/locations/{place}/endpoints/openapi"
