"""Field types that many inputs share."""

import pytest
from pydantic import TypeAdapter, ValidationError

from shared.kit.schema import Instant, Metadata

_metadata: TypeAdapter[dict[str, object]] = TypeAdapter(Metadata)


def test_size_is_bounded() -> None:
    with pytest.raises(ValidationError, match="32,000 characters"):
        _metadata.validate_python({"t": "x" * 40_000})
    with pytest.raises(ValidationError, match="32,000 characters"):
        _metadata.validate_python({"m": dict.fromkeys(map(str, range(5000)), 1)})


@pytest.mark.parametrize("text", ["0.5", "1700000000", "2026-01-31", "yesterday"])
def test_a_time_must_be_written_as_one(text: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Instant).validate_python(text)


def test_a_time_needs_its_zone() -> None:
    with pytest.raises(ValidationError, match="timezone"):
        TypeAdapter(Instant).validate_python("2026-01-31T09:00:00")
    assert TypeAdapter(Instant).validate_python("2026-01-31T09:00:00+02:00").hour == 9
