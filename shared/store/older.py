"""Documents that were stored by earlier code, or by later: read as the present model's, or refused."""

from typing import Any

from shared.errors import NewerSchema, Unreadable
from shared.gcp.writes import DELETED, field_path
from shared.kit import upgrades
from shared.kit.schema import Entity

Fields = dict[str, Any]


def present(model: type[Entity], noun: str, id: str, fields: Fields) -> Fields:
    """A document's fields, upgraded where it is of an earlier version, else the very same. Raises NewerSchema,
    Unreadable."""
    version, known = upgrades.version_of(fields), model.schema_version
    if version > known:
        raise NewerSchema(f"The stored {noun} {id} is of version {version}; this code knows {known} at most.")
    if version == known:
        return fields
    try:
        return upgrades.upgraded(fields, model.upgrades, known)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise Unreadable(f"The stored {noun} {id} cannot be upgraded from version {version}.") from error


def changes(model: type[Entity], fields: Fields) -> Fields:
    """What an update sets and deletes to make a document of an earlier version one of the present; nothing for one that
    is, or that was not stored yet (no fields)."""
    if not fields or upgrades.version_of(fields) == model.schema_version:
        return {}
    after = upgrades.upgraded(fields, model.upgrades, model.schema_version)
    gone = {field_path(name): DELETED for name in fields.keys() - after.keys()}
    new = {name: value for name, value in after.items() if name not in fields or fields[name] != value}
    return gone | {field_path(name): value for name, value in new.items()}
