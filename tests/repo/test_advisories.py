"""No pinned package is of a version that a shipped advisory names."""

from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet

from infra.security.advisories import advisories, affected, pins

_FILES = ("requirements.txt", "requirements-dev.txt")


def _pins(root: Path) -> dict[str, str]:
    return {name: version for file in _FILES for name, version in pins((root / file).read_text()).items()}


def test_no_pin_is_affected(root: Path) -> None:
    assert [(each.package, each.id) for each in affected(_pins(root), advisories())] == []


def test_each_advisory_is_of_a_pinned_package_and_has_an_upper_end(root: Path) -> None:
    listed = advisories()
    assert [each for each in listed if each.package not in _pins(root)] == []
    assert [each for each in listed if SpecifierSet(each.affected).contains("9999")] == []
    assert len({each.id for each in listed}) == len(listed) > 10


@pytest.mark.parametrize(
    ("pin", "id"),
    [
        ("Jinja2==3.1.5", "CVE-2025-27516"),
        ("PyJWT[crypto]==2.10.0  # tokens", "CVE-2024-53861"),
        ("gunicorn==26.1.0", "CVE-2026-134820"),
        ("lxml==6.0.4", "CVE-2026-41066"),
        ("pypdf==6.14.1", "GHSA-g867-7843-wf8q"),
    ],
)
def test_a_planted_pin_is_seen(pin: str, id: str) -> None:
    assert id in [each.id for each in affected(pins(pin), advisories())]


@pytest.mark.parametrize(
    "pin", ["jinja2==3.1.6", "gunicorn==27.0.0", "PyJWT==2.10.1", "requests==2.32.4", "unheard-of==1"]
)
def test_a_mended_version_passes(pin: str) -> None:
    assert list(affected(pins(pin), advisories())) == []


@pytest.mark.parametrize("line", ["flask", "flask>=3", "flask==3.*", "flask==3.1.3,!=3.1.2"])
def test_a_requirement_that_pins_no_version_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="must be pinned"):
        pins(line)
