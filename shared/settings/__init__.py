"""All settings, read once from the environment. No other package reads `os.environ`.

A deployed function that lacks a setting, or has a wrong one, ends while it is loaded, so that the deployment fails and
not the tenth request: `current` and `require` say in one sentence which it is, why, and the way out.
"""

import os
from base64 import urlsafe_b64decode
from functools import cache
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator, model_validator

from shared.kit.patterns import lazy_pattern
from shared.settings.environment import variable
from shared.settings.vendors import VendorSettings

# What belongs to the local stack: in production an emulator's variable would switch authentication off.
_LOCAL = lazy_pattern(r"\w+_EMULATOR_HOST|LOCAL_\w+|FAILPOINT_FILE")
_LOOPBACK = ("127.0.0.1", "localhost", "::1", "0.0.0.0")  # noqa: S104 -- recognised, not listened on


def deployed_name(function: str) -> str:
    """A function's name on Google Cloud, and in its URLs: underscores of its name in the manifest are dashes."""
    return function.replace("_", "-")


class Settings(VendorSettings):
    """One field per environment variable; the field's name in upper case unless an alias says otherwise."""

    project: str = Field("demo-local", validation_alias="GOOGLE_CLOUD_PROJECT")
    firebase_project: str | None = Field(None, validation_alias="GCLOUD_PROJECT")  # the same; the Firebase CLI sets it
    location: str = Field("us-central1", validation_alias="FUNCTION_REGION")
    cloud_run_service: str | None = Field(None, validation_alias="K_SERVICE")  # set by Cloud Run itself
    functions_emulator: bool = False  # set, beside K_SERVICE, by Firebase's emulator
    cloud_run_revision: str | None = Field(None, validation_alias="K_REVISION")  # likewise

    firestore_emulator_host: str | None = None
    firebase_auth_emulator_host: str | None = None
    pubsub_emulator_host: str | None = None
    cloud_tasks_emulator_host: str | None = None

    cors_origins: str = "http://localhost:3000,http://127.0.0.1:3000"
    token_keys_url: str = "https://www.googleapis.com/service_accounts/v1/jwk/securetoken@system.gserviceaccount.com"
    # Where users are looked up whose access may have been revoked; None: at Google, and on the local stack nowhere.
    # The Auth emulator's: http://127.0.0.1:9099/identitytoolkit.googleapis.com
    identity_base_url: str | None = None
    caller_keys_url: str = "https://www.googleapis.com/oauth2/v3/certs"
    caller_service_account: str | None = None  # whom the platform calls this function as, unless it is public
    caller_audiences: str = ""  # that a caller's token may name beside the function's own URLs, separated by commas
    tasks_service_account: str | None = None  # whom Cloud Tasks calls our workers as
    local_caller_secret: str | None = Field(None, repr=False)  # the same, on the local stack
    # Where functions answer each other: https://REGION-PROJECT.cloudfunctions.net, which their names follow, or an
    # address with {name} in their place, such as https://{name}-PROJECTNUMBER.REGION.run.app.
    functions_url: str | None = None
    # Keys of HMACs, of cursors for one: newest first, separated by commas; see server_keys.
    signing_key: str | None = Field(None, min_length=32, repr=False)

    # Fernet keys that secrets in documents are encrypted with, newest first, separated by commas; make one with
    # python -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())"
    secrets_key: str | None = Field(None, repr=False)

    step_topic_shards: int = Field(1, ge=1, le=64)  # the local emulator keeps two pushes in flight per topic
    # 75 % of the step runner's 540 s, then it hands over: the longest call to the outside still fits (LONGEST_EFFECT).
    run_seconds: float = Field(405.0, gt=0)
    rpc_seconds: float = 20.0
    # A schedule that comes each minute is not to meet the one before; what is left then, the next one takes.
    sweep_seconds: float = Field(45.0, gt=0)
    sweep_share: int = Field(5_000, ge=1)  # rows of one call, some seconds' work, where the rest goes to another

    # Of each instance, which counts for itself; 0: any number.
    user_requests: int = Field(300, ge=0)  # of one user in user_requests_seconds
    user_requests_seconds: float = Field(10.0, gt=0)
    address_requests_per_minute: int = Field(300, ge=0)  # at one address of an automation, or by one client
    wrong_tokens_per_minute: int = Field(20, ge=0)  # of one client
    trusted_proxies: int | None = Field(None, ge=0)  # that append to X-Forwarded-For; None: Google's front end alone

    realtime_url: str | None = None  # where streams are opened; None: where the API is
    realtime_streams: int = Field(20, ge=1)  # of one user at one instance
    realtime_account_seconds: float = Field(50.0, gt=0)  # of a connected user: is the account closed, access revoked?
    realtime_heartbeat_seconds: float = Field(25.0, gt=0)
    realtime_send_seconds: float = Field(30.0, gt=0)  # that a client may take to receive a message; then it is cut
    realtime_rotation_seconds: float = Field(1_500.0, gt=0)  # a stream ends before the platform ends it
    # How often a listener has to prove that it hears the store, and how long it may take: else it is replaced.
    listener_proof_seconds: float = Field(30.0, gt=0)
    listener_patience_seconds: float = Field(10.0, gt=0)
    listener_review_seconds: float = Field(600.0, gt=0)  # and how often a query checks what it heard for a user

    search_cache_bytes: int = Field(250_000_000, ge=0)  # of search indexes in an instance's memory, of all users

    # Where spans are sent (OTLP over HTTP), such as https://telemetry.googleapis.com/v1/traces; None: nowhere.
    traces_url: str | None = None
    traces_ratio: float = Field(0.05, ge=0, le=1)  # of the traces: 0.05 is one of twenty
    traces_headers: str | None = Field(None, repr=False)  # sent with them: name=value, separated by commas

    local_clock_file: Path | None = None
    local_url: str | None = None  # where people reach the API of the local stack
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
    def deployed(self) -> bool:
        """Whether this runs on Google Cloud; Firebase's emulator looks alike, but keeps its documents here."""
        host = urlsplit(f"//{self.firestore_emulator_host or ''}").hostname
        return bool(self.cloud_run_service) and not (self.functions_emulator and host in _LOOPBACK)

    @property
    def own_urls(self) -> list[str]:
        """The configured URLs at which the API answers to other systems."""
        return [url for url in (self.public_url, self.functions_url and self.function_url("hooks")) if url]

    def function_url(self, function: str) -> str:
        """The URL at which other functions reach a function, by its name in the manifest."""
        base, name = (self.functions_url or "").rstrip("/"), deployed_name(function)
        return base.replace("{name}", name) if "{name}" in base else f"{base}/{name}"

    @model_validator(mode="before")
    @classmethod
    def _project_of_firebase(cls, given: dict[str, Any]) -> dict[str, Any]:
        """What the Firebase CLI deploys or emulates has its project's id under another name, and may not have both."""
        name = given.get("firebase_project")
        named = given.keys() & {"GOOGLE_CLOUD_PROJECT", "project"}
        return {**given, "GOOGLE_CLOUD_PROJECT": name} if name and not named else given

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
    def _fits_the_cloud(self) -> Self:
        """Refuse to start on Google Cloud with what is local, or without what every function needs there."""
        if self.deployed:
            problems = [problem for problem in (_local(self), *_lacking(self)) if problem]
            if problems:
                raise ValueError("; ".join(problems))
        return self


def _local(config: Settings) -> str | None:
    """What is wrong with the variables of the local stack that a deployed function has; None without any."""
    given = {name.upper() for name in type(config).model_fields if getattr(config, name)}
    given |= {name for name, value in os.environ.items() if value}
    found = sorted(name for name in given if _LOCAL.fullmatch(name))
    if not found:
        return None
    names = ", ".join(found)
    return f"{names} must not be set on Cloud Run, where local stand-ins would let anybody in: remove what is local"


def _lacking(config: Settings) -> list[str]:
    """What every deployed function needs and this one lacks, a phrase each."""
    phrases = []
    if not ("project" in config.model_fields_set and config.project):
        phrases.append(
            "GOOGLE_CLOUD_PROJECT must be set on Cloud Run: the id of the project whose documents are served"
        )
    if not config.signing_key:
        phrases.append("SIGNING_KEY must be set on Cloud Run: at least 32 random characters, from Secret Manager")
    if config.mail_from and not config.public_url:
        phrases.append("PUBLIC_URL must be set with MAIL_FROM: each mail carries an unsubscribe link to it")
    if config.functions_url and not config.functions_url.startswith("https://"):
        phrases.append("FUNCTIONS_URL must begin with https:// on Cloud Run: callers' tokens name it as their audience")
    return phrases


_override: Settings | None = None


@cache
def _from_environment() -> Settings:
    try:
        return Settings()
    except ValidationError as error:
        raise SystemExit(f"Wrong configuration: {'; '.join(_phrases(error))}.") from None


def _phrases(error: ValidationError) -> list[str]:
    """What is wrong, a phrase for each variable. Values are left out: they may be secret."""
    phrases = []
    for problem in error.errors():
        words = problem["msg"].removeprefix("Value error, ").rstrip(".")
        name = ".".join(map(str, problem["loc"])).upper()
        phrases.append(f"{name}: {words.removeprefix(f'{name} ')}; correct it, or remove it" if name else words)
    return phrases


def current() -> Settings:
    """The settings in force: `use`d ones, else the environment's. Where these are wrong, ends the process."""
    return _override or _from_environment()


def require(reason: str, *fields: str) -> None:
    """End a deployed function whose environment lacks one of the settings, which it cannot do its work without."""
    config = current()
    missing = [
        variable(name, Settings.model_fields[name])
        for name in fields
        if not (name in config.model_fields_set and getattr(config, name))
    ]
    if config.deployed and missing:
        raise SystemExit(f"Wrong configuration: {', '.join(missing)} must be set on Cloud Run: {reason}.")


def use(settings: Settings | None) -> Settings | None:
    """Replace the settings in force (tests), and return those replaced; `None` restores the environment's."""
    global _override
    replaced, _override = _override, settings
    return replaced


def inherited(*names: str) -> dict[str, str]:
    """The named environment variables that are set, to pass on to a child process."""
    return {name: os.environ[name] for name in names if name in os.environ}
