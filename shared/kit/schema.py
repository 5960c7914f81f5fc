"""Base models: input from clients is strict, stored documents are versioned and tolerant."""

import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Annotated, Any, ClassVar, TypedDict
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    PrivateAttr,
    StringConstraints,
    TypeAdapter,
    ValidationError,
)
from pydantic_core import CoreSchema
from pydantic_core.core_schema import no_info_before_validator_function

from shared.kit import clock
from shared.kit.ids import new_id
from shared.kit.patterns import lazy_pattern
from shared.kit.shards import shard_of
from shared.kit.upgrades import Upgrades
from shared.kit.whitespace import VISIBLE, is_blank, one_line, trimmed


def _cleaned(clean: Callable[[str], str]) -> BeforeValidator:
    """A validator that cleans a text before its length is judged; anything else is left to the field's type."""
    return BeforeValidator(lambda value: clean(value) if isinstance(value, str) else value)


# In place of pydantic's `strip_whitespace`, whose whitespace is neither Python's nor a browser's.
OneLine = _cleaned(one_line)
Trimmed = _cleaned(trimmed)

Name = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=VISIBLE), OneLine]
Text = Annotated[str, StringConstraints(max_length=5_000)]
LongText = Annotated[str, StringConstraints(max_length=50_000)]

# A web address with or without scheme, a path, or a vault item (`vault:…`); no scheme that a browser would run, such as
# javascript:.
_WEB = lazy_pattern(r"^(?:[^:/?#]*(?:[/?#].*)?|[hH][tT][tT][pP][sS]?://.*|vault:.*|[^:/?#]+:\d{1,5}(?:[/?#].*)?)$")
_VAULT = "vault:"  # a source that is an item of the vault


def _of_the_web(url: str) -> str:
    if _WEB.match(url) is None:
        raise ValueError("must be an http or https address, or a path; other schemes are refused")
    return url


Url = Annotated[
    str,
    StringConstraints(max_length=2_000),
    OneLine,
    AfterValidator(_of_the_web),
    Field(json_schema_extra={"pattern": _WEB.pattern}),
]
Tag = Annotated[str, StringConstraints(min_length=1, max_length=60, pattern=VISIBLE), OneLine]
Tags = Annotated[list[Tag], Field(max_length=50)]


def _real_day(value: str) -> str:
    try:
        date.fromisoformat(value)
    except ValueError as error:
        raise ValueError("there is no such day in the calendar") from error
    return value


Date = Annotated[
    str,
    StringConstraints(pattern=r"^[1-9]\d{3}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$"),
    AfterValidator(_real_day),
    Field(json_schema_extra={"format": "date"}),
]
Id = Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=VISIBLE), OneLine]
Search = Annotated[str, StringConstraints(max_length=200)]

_MAX_JSON_CHARS = 32_000
_TIME = TypeAdapter(datetime)


def _existing_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError("unknown time zone; use an IANA name such as Europe/Berlin") from error
    return name


TimeZone = Annotated[str, StringConstraints(max_length=60), AfterValidator(_existing_zone)]


def _bounded(value: dict[str, Any]) -> dict[str, Any]:
    if len(json.dumps(value, ensure_ascii=False)) > _MAX_JSON_CHARS:
        raise ValueError(f"must not exceed {_MAX_JSON_CHARS:,} characters of JSON")
    return value


def _rfc3339(value: Any) -> Any:
    """Parse an RFC 3339 text, which strict mode would refuse, and refuse numbers, which pydantic would accept."""
    if value is None or isinstance(value, datetime):
        return value
    try:
        if re.match(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d", str(value)):
            time = _TIME.validate_python(value)
            if time.tzinfo:
                time.astimezone(UTC)  # raises OverflowError for a time that lies outside the years 1 to 9999 in UTC
            return time
    except (ValidationError, OverflowError):
        pass
    raise ValueError("must be a time such as 2026-01-31T09:00:00Z")


def _without_scripts(values: list[dict[str, Any]]) -> list[dict[str, Any]]:
    for number, value in enumerate(values):
        for name in ("url", "link", "href"):
            if isinstance(address := value.get(name), str) and not address.startswith(_VAULT):
                try:
                    _of_the_web(one_line(address))
                except ValueError as error:
                    raise ValueError(f"{number}.{name}: {error}") from error
    return values


def _bounded_list(value: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Bound the JSON size of the whole list, not of each item."""
    _bounded({"all": value})
    return value


Metadata = Annotated[dict[str, Any], AfterValidator(_bounded)]
MetadataList = Annotated[
    list[dict[str, Any]], Field(max_length=100), AfterValidator(_bounded_list), AfterValidator(_without_scripts)
]
Instant = Annotated[AwareDatetime, BeforeValidator(_rfc3339)]


class Also:
    """Accepts a second form of a field, converted by `convert`; the JSON schema names both."""

    def __init__(self, convert: Callable[[Any], Any], form: dict[str, Any]) -> None:
        self._convert = convert
        self._form = form

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return no_info_before_validator_function(self._convert, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"anyOf": [handler(schema), self._form]}


def _blank_is_none(value: Any) -> Any:
    return None if isinstance(value, str) and is_blank(value) else value


# An empty form field means none.
BlankIsNone = Also(_blank_is_none, {"type": "string", "maxLength": 0})


class Model(BaseModel):
    """What every model derives from. Its validator is made when it is first used: of a function's hundreds, few are."""

    model_config = ConfigDict(defer_build=True)


class Input(Model):
    """A body that a client sends; refuses unknown fields by name."""

    model_config = ConfigDict(extra="forbid")


class Update(Input):
    """Any subset of an entity's fields, at least one of them."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    def changes(self, entity: type[BaseModel]) -> dict[str, Any]:
        """The fields that were sent, as the entity stores them.

        null clears a field whose default is null or an empty text, list or object. Any other field stays as it is.
        """
        fields = self.model_dump(exclude_unset=True)
        stored = entity.model_fields
        not_null = {name: value for name, value in fields.items() if value is not None}
        defaults = {name: stored[name].get_default() for name in fields.keys() - not_null.keys() if name in stored}
        return not_null | {name: default for name, default in defaults.items() if default in (None, "", [], {})}


class Part(Model):
    """A piece of a stored document; fields of later versions are ignored."""

    model_config = ConfigDict(extra="ignore")


class UserMessage(Model):
    """A message to a worker about something that belongs to a user."""

    uid: str


class Cause(Part):
    """Which engine step wrote this document; absent when a person did."""

    automation_id: str
    execution_id: str
    step: str
    depth: int


class Entity(Part):
    """A document that a user owns. Its path holds the id and the owner, its fields do not.

    A field more, with a default, needs no new version: earlier documents lack it, earlier code ignores it. Any other
    change of what is stored does, and an upgrade from the version before (shared/kit/upgrades.py).
    """

    schema_version: ClassVar[int] = 1
    upgrades: ClassVar[Upgrades] = {}
    path_fields: ClassVar[frozenset[str]] = frozenset({"id", "user_id"})
    # Where set, fields at their default are not stored, except these, which queries filter or sort by.
    always_stored: ClassVar[frozenset[str] | None] = None
    swept: ClassVar[bool] = False  # schedules look for its due documents among all users': it is stored with its shard

    id: str
    user_id: str
    created_at: datetime
    updated_at: datetime
    cause: Cause | None = Field(None, exclude=True)

    _version: datetime | None = PrivateAttr(None)
    _outdated: dict[str, Any] = PrivateAttr({})  # the stored document's fields, where it is of an earlier version

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """Begin the private attributes at once: pydantic's general way takes half of a document's validation."""
        super().__pydantic_init_subclass__(**kwargs)
        cls.model_post_init = _begin  # type: ignore[method-assign]

    @property
    def version(self) -> datetime | None:
        """When Firestore last wrote the document; None for one not yet stored."""
        private = self.__pydantic_private__  # what pydantic looks up by its name takes ten times as long
        return private["_version"] if private else None

    def note_stored(self, version: datetime, outdated: dict[str, Any]) -> None:
        """Note when the document was written, and its fields where it is of an earlier version."""
        object.__setattr__(self, "__pydantic_private__", {"_version": version, "_outdated": outdated})

    def stored(self) -> dict[str, Any]:
        """The fields of the stored document."""
        sparse = self.always_stored is not None
        fields = self.model_dump(exclude=set(self.path_fields), exclude_computed_fields=True, exclude_defaults=sparse)
        fields |= {name: getattr(self, name) for name in self.always_stored or ()}
        if self.cause is not None:
            fields["cause"] = self.cause.model_dump()
        if self.swept:
            fields["shard"] = shard_of(self.id)
        return {**fields, "schema_version": self.schema_version}


def _begin(entity: BaseModel, _: Any) -> None:
    """What pydantic calls once it has validated an entity's fields."""
    object.__setattr__(entity, "__pydantic_private__", {"_version": None, "_outdated": {}})


class Stamp(TypedDict):
    id: str
    user_id: str
    created_at: datetime
    updated_at: datetime


def stamp(uid: str, id: str | None = None, *, at: datetime | None = None) -> Stamp:
    """The fields that every entity begins with: a new id unless one is given, its owner, and the time, now or `at`."""
    now = at or clock.now()
    return {"id": id or new_id(), "user_id": uid, "created_at": now, "updated_at": now}
