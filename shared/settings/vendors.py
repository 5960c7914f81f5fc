"""The settings of services outside: language and embedding models, search engines, the sites we read, mail."""

import re
from base64 import b64decode

from pydantic import Field, field_validator

from shared.settings.environment import Environment


class VendorSettings(Environment):
    """One field per environment variable, as `Settings`."""

    provider_calls_per_minute: int = Field(60, ge=1)  # of one user at one provider
    provider_calls_per_minute_of_all: int | None = Field(None, ge=1)  # of all users together; None: only as above
    provider_attempts: int = Field(3, ge=1, le=10)  # within one call, while its time lasts
    provider_seconds: float = Field(30.0, gt=0)  # for one call, its attempts included
    answers_kept_hours: float = Field(6.0, ge=0)  # how long a search engine's stored answer is reused

    llm_api_key: str | None = Field(None, repr=False)
    llm_base_url: str = "https://api.openai.com/v1"
    llm_model: str = "gpt-5-mini"
    llm_check_model: str | None = None  # at the same place, perhaps a cheaper one: checks what models have written
    llm_seconds: float = 60.0
    llm_usd_per_million_input: float = Field(0.0, ge=0)  # tokens; 0: free, such as a model that you host
    llm_usd_per_million_output: float = Field(0.0, ge=0)
    vertex_project: str | None = None  # with it, Gemini on Vertex AI is the language model
    vertex_location: str = "global"  # or `us`, `eu`: single regions do not have the current models
    vertex_model: str = "google/gemini-3.5-flash"
    vertex_base_url: str | None = None  # None: Google's own for the location

    embed_project: str | None = None  # with it, Vertex AI embeds the search index; else what has EMBED_API_KEY
    embed_vertex_model: str = "text-embedding-005"
    embed_vertex_location: str = "us-central1"  # a region: not every embedding model is served from `global`
    embed_vertex_base_url: str | None = None  # None: Google's own for EMBED_VERTEX_LOCATION
    embed_api_key: str | None = Field(None, repr=False)  # without both, the model that ships with the code does
    embed_base_url: str = "https://api.openai.com/v1"
    embed_model: str = "text-embedding-3-small"
    embed_dimensions: int = Field(256, ge=64, le=1024)  # more are better and larger: a byte each for each entry
    embed_seconds: float = Field(30.0, gt=0)
    embed_usd_per_million: float = Field(0.0, ge=0)  # tokens

    perplexity_api_key: str | None = Field(None, repr=False)
    perplexity_base_url: str = "https://api.perplexity.ai"
    perplexity_model: str = "perplexity/sonar"
    perplexity_agent: bool = False  # a written answer with its sources, in place of the plain results
    firecrawl_api_key: str | None = Field(None, repr=False)
    firecrawl_base_url: str = "https://api.firecrawl.dev/v2"
    firecrawl_seconds: float = Field(60.0, gt=0)  # a search reads the pages of its results
    firecrawl_keyless: bool = True  # without a key, within Firecrawl's daily limits for an address
    firecrawl_usd_per_credit: float = Field(0.0, ge=0)  # depends on the plan
    google_search_key: str | None = Field(None, repr=False)
    google_search_engine_id: str | None = None
    google_search_base_url: str = "https://www.googleapis.com"
    vertex_search_config: str | None = None  # projects/…/servingConfigs/default_search
    vertex_search_key: str | None = Field(None, repr=False)  # None: the service account's token
    vertex_search_base_url: str = "https://discoveryengine.googleapis.com/v1"
    wikipedia_base_url: str = "https://en.wikipedia.org"

    web_contact_url: str | None = None  # sent in the user agent to the sites we read
    # On emulators alone: URLs written as 127.0.0.1 or localhost, with a port, may be asked. Without effect elsewhere.
    allow_local_servers: bool = True

    public_url: str | None = None  # where people reach the API: the address of unsubscribe links
    mail_from: str | None = None  # the sender's address; without it no mail leaves
    mail_from_name: str = ""
    mail_seconds: float = 30.0
    resend_api_key: str | None = Field(None, repr=False)
    resend_base_url: str = "https://api.resend.com"
    smtp_url: str | None = Field(None, repr=False)  # smtp(s)://user:password@host:port; where there is no Resend key
    mail_reply_domain: str | None = None  # its mail comes back to us: replies and bounces go to reply+TOKEN there
    # What comes back is taken where its secret is set: several are separated by commas, while one is being replaced.
    resend_webhook_secret: str | None = Field(None, repr=False)  # whsec_…, of the endpoint that Resend calls
    mail_hook_secret: str | None = Field(None, repr=False)  # of whoever posts whole messages: signs, or is the token

    @field_validator("mail_from")
    @classmethod
    def _is_bare(cls, address: str | None) -> str | None:
        """Refuse to start with a name beside the sender's address, which would be lost."""
        if address and re.search(r"[<>\"\s]", address.strip()):
            raise ValueError("MAIL_FROM must be an address alone, such as team@acme.io: its name is MAIL_FROM_NAME")
        return address.strip() if address else None

    @field_validator("mail_reply_domain")
    @classmethod
    def _is_domain(cls, domain: str | None) -> str | None:
        if domain and not re.fullmatch(r"[\w-]+(\.[\w-]+)+", domain.strip()):
            raise ValueError("MAIL_REPLY_DOMAIN must be a domain alone, such as replies.acme.io")
        return domain.strip().lower() if domain else None

    @field_validator("resend_webhook_secret")
    @classmethod
    def _are_of_an_endpoint(cls, secrets: str | None) -> str | None:
        """Refuse to start with what is no signing secret, such as Resend's API key: no event would be taken."""
        if secrets and not all(_signs(part) and part.startswith("whsec_") for part in secrets.split(",")):
            raise ValueError(
                "RESEND_WEBHOOK_SECRET must be signing secrets of an endpoint, whsec_…, separated by commas"
            )
        return secrets or None

    @field_validator("mail_hook_secret")
    @classmethod
    def _cannot_be_guessed(cls, secrets: str | None) -> str | None:
        if secrets and not all(_signs(part) and len(part) >= 32 for part in secrets.split(",")):
            raise ValueError("MAIL_HOOK_SECRET must be secrets of at least 32 characters, separated by commas")
        return secrets or None


def _signs(secret: str) -> bool:
    """Whether a text can be a secret of Standard Webhooks: what follows `whsec_` is base64 of at least 16 bytes."""
    if not secret.startswith("whsec_"):
        return secret.isascii() and secret.isprintable() and " " not in secret
    try:
        encoded = secret.removeprefix("whsec_").rstrip("=")
        return len(b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)) >= 16
    except ValueError:
        return False
