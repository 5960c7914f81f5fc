"""All settings, read once from the environment. No other module reads `os.environ`."""

import os
from base64 import urlsafe_b64decode
from functools import cache
from pathlib import Path
from typing import Self

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """One field per environment variable; the field's name in upper case unless an alias says otherwise."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", populate_by_name=True)

    project: str = Field("demo-local", validation_alias="GOOGLE_CLOUD_PROJECT")
    location: str = Field("us-central1", validation_alias="FUNCTION_REGION")
    cloud_run_service: str | None = Field(None, validation_alias="K_SERVICE")  # set by Cloud Run itself

    firestore_emulator_host: str | None = None
    firebase_auth_emulator_host: str | None = None
    pubsub_emulator_host: str | None = None
    cloud_tasks_emulator_host: str | None = None

    cors_origins: str = "http://localhost:3000,http://127.0.0.1:3000"
    token_keys_url: str = "https://www.googleapis.com/service_accounts/v1/jwk/securetoken@system.gserviceaccount.com"
    caller_keys_url: str = "https://www.googleapis.com/oauth2/v3/certs"
    caller_service_account: str | None = None  # who may call workers and schedules
    local_caller_secret: str | None = None  # the same, on the local stack
    functions_url: str | None = None  # where Cloud Tasks reaches our workers
    # Keys of HMACs, of cursors for one: newest first, separated by commas; see server_keys.
    signing_key: str | None = Field(None, min_length=32, repr=False)

    # Fernet keys that secrets in documents are encrypted with, newest first, separated by commas; make one with
    # python -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())"
    secrets_key: str | None = Field(None, repr=False)

    step_topic_shards: int = Field(1, ge=1, le=64)  # the local emulator keeps two pushes in flight per topic
    # 75 % of the step runner's 540 s, then it hands over: the longest call to the outside still fits (LONGEST_EFFECT).
    run_seconds: float = Field(405.0, gt=0)
    rpc_seconds: float = 20.0

    # Of each instance, which counts for itself; 0: any number.
    user_requests: int = Field(300, ge=0)  # of one user in user_requests_seconds
    user_requests_seconds: float = Field(10.0, gt=0)
    address_requests_per_minute: int = Field(300, ge=0)  # at one address of an automation, or by one client
    wrong_tokens_per_minute: int = Field(20, ge=0)  # of one client
    trusted_proxies: int | None = Field(None, ge=0)  # that append to X-Forwarded-For; None: Google's front end alone

    provider_calls_per_minute: int = Field(60, ge=1)  # of one user at one provider
    provider_calls_per_minute_of_all: int | None = Field(None, ge=1)  # of all users together; None: only as above
    provider_attempts: int = Field(3, ge=1, le=10)  # within one call, while its time lasts
    provider_seconds: float = Field(30.0, gt=0)  # for one call, its attempts included
    answers_kept_hours: float = Field(6.0, ge=0)  # how long a search engine's stored answer is reused

    llm_api_key: str | None = Field(None, repr=False)
    llm_base_url: str = "https://api.openai.com/v1"
    llm_model: str = "gpt-5-mini"
    llm_seconds: float = 60.0
    llm_usd_per_million_input: float = Field(0.0, ge=0)  # tokens; 0: free, such as a model that you host
    llm_usd_per_million_output: float = Field(0.0, ge=0)
    vertex_project: str | None = None  # with it, Gemini on Vertex AI is the language model
    vertex_location: str = "us-central1"
    vertex_model: str = "google/gemini-3.5-flash"
    vertex_base_url: str | None = None  # None: Google's own for the location

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

    local_clock_file: Path | None = None
    failpoint_file: Path | None = None

    @property
    def local(self) -> bool:
        """Whether this is the local stack (on emulators), which accepts unsigned tokens and the development user."""
        return self.firestore_emulator_host is not None

    @property
    def server_keys(self) -> list[str]:
        """The server's signing keys, from Secret Manager: the first signs, all verify. On the local stack a constant,
        which protects nothing."""
        return [key.strip() for key in (self.signing_key or f"local-stack-{self.project}").split(",")]

    @property
    def proxies(self) -> int:
        """How many trusted proxies stand before this server: that many last entries of X-Forwarded-For are true."""
        default = 0 if self.local else 1
        return default if self.trusted_proxies is None else self.trusted_proxies

    @property
    def own_urls(self) -> list[str]:
        """The configured base URLs at which the API answers."""
        return [url for url in (self.public_url, self.functions_url) if url]

    @field_validator("secrets_key")
    @classmethod
    def _are_keys(cls, keys: str | None) -> str | None:
        """Refuse to start with a malformed Fernet key: 32 bytes in URL-safe base64."""
        for key in keys.split(",") if keys else ():
            try:
                valid = len(urlsafe_b64decode(key.strip())) == 32
            except ValueError:
                valid = False
            if not valid:
                raise ValueError("SECRETS_KEY must be Fernet keys (32 bytes in URL-safe base64), separated by commas")
        return keys or None

    @field_validator("signing_key")
    @classmethod
    def _are_long(cls, keys: str | None) -> str | None:
        """Refuse to start with a signing key that can be guessed."""
        if any(len(key.strip()) < 32 for key in (keys.split(",") if keys else ())):
            raise ValueError("SIGNING_KEY must be keys of at least 32 characters without commas, separated by commas")
        return keys or None

    @model_validator(mode="after")
    def _no_emulator_in_the_cloud(self) -> Self:
        """An emulator variable in production would switch authentication off: refuse to start."""
        local_only = {
            "FIRESTORE_EMULATOR_HOST": self.firestore_emulator_host,
            "FIREBASE_AUTH_EMULATOR_HOST": self.firebase_auth_emulator_host,
            "PUBSUB_EMULATOR_HOST": self.pubsub_emulator_host,
            "CLOUD_TASKS_EMULATOR_HOST": self.cloud_tasks_emulator_host,
            "LOCAL_CALLER_SECRET": self.local_caller_secret,
            "LOCAL_CLOCK_FILE": self.local_clock_file,
            "FAILPOINT_FILE": self.failpoint_file,
        }
        forbidden = [name for name, value in local_only.items() if value]
        if self.cloud_run_service and forbidden:
            raise ValueError(f"{', '.join(forbidden)} must not be set on Cloud Run")
        if self.cloud_run_service and not self.signing_key:
            raise ValueError("SIGNING_KEY must be set on Cloud Run: at least 32 random characters, from Secret Manager")
        return self


_override: Settings | None = None


@cache
def _from_environment() -> Settings:
    return Settings()


def current() -> Settings:
    """The settings in force: `use`d ones, else the environment's."""
    return _override or _from_environment()


def use(settings: Settings | None) -> Settings | None:
    """Replace the settings in force (tests), and return those replaced; `None` restores the environment's."""
    global _override
    replaced, _override = _override, settings
    return replaced


def inherited(*names: str) -> dict[str, str]:
    """The named environment variables that are set, to pass on to a child process."""
    return {name: os.environ[name] for name in names if name in os.environ}
