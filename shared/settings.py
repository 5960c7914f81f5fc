"""All configuration, read once from the environment. Nothing else reads `os.environ`."""

from functools import cache
from pathlib import Path
from typing import Self

from pydantic import Field, model_validator
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

    step_topic_shards: int = Field(1, ge=1, le=64)  # the local emulator keeps two pushes in flight per topic
    run_seconds: float = Field(430.0, gt=0)  # 80 % of the step runner's 540 s: then it hands over
    rpc_seconds: float = 20.0

    llm_api_key: str | None = None
    llm_base_url: str = "https://api.openai.com/v1"
    llm_model: str = "gpt-5-mini"
    llm_seconds: float = 60.0

    web_contact_url: str | None = None  # told to the sites we read, for whoever wonders who we are
    # On emulators alone: URLs written as 127.0.0.1 or localhost, with a port, may be asked. Without effect elsewhere.
    allow_local_servers: bool = True

    mail_from: str | None = None  # the sender's address; without it no mail leaves
    mail_from_name: str = ""
    mail_seconds: float = 30.0
    resend_api_key: str | None = None
    resend_base_url: str = "https://api.resend.com"
    smtp_url: str | None = None  # smtp://user:password@host:port, or smtps://; taken where there is no Resend key

    local_clock_file: Path | None = None
    failpoint_file: Path | None = None

    @property
    def local(self) -> bool:
        """On emulators: unsigned tokens and the development principal are accepted."""
        return self.firestore_emulator_host is not None

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
        found = [name for name, value in local_only.items() if value]
        if self.cloud_run_service and found:
            raise ValueError(f"{', '.join(found)} must not be set on Cloud Run")
        return self


_override: Settings | None = None


@cache
def _from_environment() -> Settings:
    return Settings()


def current() -> Settings:
    """The settings in force."""
    return _override or _from_environment()


def use(settings: Settings | None) -> Settings | None:
    """Put other settings in force (tests); `None` returns to the environment's."""
    global _override
    replaced, _override = _override, settings
    return replaced
