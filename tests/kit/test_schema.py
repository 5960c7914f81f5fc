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


@pytest.mark.parametrize("text", ["0.5", "1700000000", "2026-01-31", "yesterday", "0001-01-01T00:00:00+14:00"])
def test_a_time_must_be_written_as_one(text: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Instant).validate_python(text)


def test_a_time_needs_its_zone() -> None:
    with pytest.raises(ValidationError, match="timezone"):
        TypeAdapter(Instant).validate_python("2026-01-31T09:00:00")
    assert TypeAdapter(Instant).validate_python("2026-01-31T09:00:00+02:00").hour == 9


def test_a_time_is_read_from_a_body_whose_numbers_must_be_numbers() -> None:
    time = TypeAdapter(Instant)
    assert time.validate_json('"2026-01-31T09:00:00Z"', strict=True).year == 2026
    for body in ("1700000000", '"2026-13-31T09:00:00Z"', "true"):
        with pytest.raises(ValidationError, match="must be a time such as"):
            time.validate_json(body, strict=True)
