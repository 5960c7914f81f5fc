"""Packs each function's bundle into an archive that is named by its content, for Terraform to upload."""

import json
import zipfile
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

from functions.manifest import FUNCTIONS
from functions.spec import FunctionSpec
from infra import bundle

FOLDER = bundle.ROOT / "build/archives"
INDEX = "archives.json"
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the same content is the same archive, whenever it is packed


def write(folder: Path = FOLDER, specs: Iterable[FunctionSpec] = FUNCTIONS) -> dict[str, str]:
    """Pack the functions, and write which archive is whose: deployed name -> file. Older archives are removed."""
    folder.mkdir(parents=True, exist_ok=True)
    index = {}
    with TemporaryDirectory() as staged:
        for spec in specs:
            content = bundle.stage(spec, Path(staged))
            name = f"{spec.deployed_name}-{bundle.content_hash(content)}.zip"
            if not (folder / name).exists():
                _pack(content, folder / name)
            index[spec.deployed_name] = name
    (folder / INDEX).write_text(json.dumps(index, indent=2) + "\n")
    for archive in folder.glob("*.zip"):
        if archive.name not in index.values():
            archive.unlink()
    return index


def _pack(content: Path, archive: Path) -> None:
    part = archive.with_suffix(".part")
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as packed:
        for file in sorted(path for path in content.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(str(file.relative_to(content)), _EPOCH)
            entry.external_attr = 0o644 << 16
            packed.writestr(entry, file.read_bytes(), zipfile.ZIP_DEFLATED)
    part.rename(archive)
