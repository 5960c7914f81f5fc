"""Archives are named by their content, and hold what the staged bundle holds."""

import json
import zipfile
from pathlib import Path

from functions.manifest import FUNCTIONS
from infra import bundle
from infra.deploy import archives

SPECS = [spec for spec in FUNCTIONS if spec.name in ("health", "usage")]


def test_archives_are_the_bundles_and_what_did_not_change_keeps_its_name(tmp_path: Path) -> None:
    first = archives.write(tmp_path, SPECS)
    assert json.loads((tmp_path / archives.INDEX).read_text()) == first
    written = {name: (tmp_path / file).read_bytes() for name, file in first.items()}
    (tmp_path / "health-of-last-year.zip").touch()
    assert archives.write(tmp_path, SPECS) == first
    assert {name: (tmp_path / file).read_bytes() for name, file in first.items()} == written
    assert {file.name for file in tmp_path.glob("*.zip")} == set(first.values())
    staged = bundle.stage(SPECS[0], tmp_path / "staged")
    with zipfile.ZipFile(tmp_path / first["health"]) as archive:
        assert set(archive.namelist()) == {
            str(path.relative_to(staged)) for path in staged.rglob("*") if path.is_file()
        }
        assert archive.read("main.py") == (staged / "main.py").read_bytes()


def test_an_archive_that_was_not_finished_is_packed_again(tmp_path: Path) -> None:
    (name,) = archives.write(tmp_path, SPECS[:1]).values()
    (tmp_path / name).unlink()
    (tmp_path / name.replace(".zip", ".part")).write_bytes(b"half")
    assert list(archives.write(tmp_path, SPECS[:1]).values()) == [name]
    assert zipfile.is_zipfile(tmp_path / name)
