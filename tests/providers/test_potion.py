"""The embedded model: its word pieces are bert's, and texts of like meaning are near each other."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from shared.providers import embed
from shared.providers.embed.potion import Potion, _read

# What the `tokenizers` library makes of these texts with the model's own tokenizer.json (unknown words left out).
REFERENCE = {
    "Crème brûlée à l\u2019été": [12681, 20388, 6993, 8313, 1069, 43, 54, 527, 2808, 1069],
    "東京タワー is 333m": [885, 761, 715, 29268, 29271, 1009, 20217, 1219],
    "don't e-mail: a@b.c": [1129, 11, 62, 47, 17, 4659, 30, 43, 36, 44, 18, 45],
    "unaffable 5€ ½": [13483, 19967, 2474, 25, 29108, 98],
    "zero\u200bwidth\x00 \ufffd": [4723, 8154, 10933, 1238],
    "🦙 " + "a" * 101: [],
}


@pytest.mark.parametrize("text", REFERENCE)
def test_word_pieces_are_those_of_the_reference(text: str) -> None:
    assert _read()[0].pieces(text) == REFERENCE[text]


def test_what_means_the_same_is_near() -> None:
    model = embed.built_in()
    texts = [
        "teacher burnout",
        "exhausted educators",
        "nurses are tired",
        "cold email open rates",
        "reply rates of outreach messages",
    ]
    alike = model.embed(texts) @ model.embed(texts).T
    assert alike[0].argsort()[::-1][:2].tolist() == [0, 1]
    assert alike[3].argsort()[::-1][:2].tolist() == [3, 4]
    assert alike[0, 1] > 0.4 > 0.2 > alike[0, 3]


def test_rows_have_length_one_and_an_empty_text_none() -> None:
    model = embed.built_in()
    rows = model.embed(["Schools hire.", "", "🦙", "Ferns need light."])
    assert (rows.dtype, rows.shape) == (np.float32, (4, model.dimensions))
    assert np.allclose(np.linalg.norm(rows, axis=1), [1, 0, 0, 1], atol=1e-6)
    assert model.embed([]).shape == (0, model.dimensions)


def test_a_text_has_its_vector_whatever_stands_beside_it() -> None:
    texts = [f"Report {n} says that schools hire tutors. " * (n % 40) for n in range(300)]
    together = Potion().embed(texts)
    assert np.array_equal(together, Potion().embed(texts))
    assert np.allclose(together[::37], [Potion().embed([text])[0] for text in texts[::37]], atol=1e-5)


def test_threads_share_one_model() -> None:
    model = Potion()
    with ThreadPoolExecutor(8) as threads:
        rows = list(threads.map(lambda n: model.embed([f"thread {n % 2}"])[0], range(16)))
    assert all(np.array_equal(row, rows[n % 2]) for n, row in enumerate(rows))


def test_the_model_comes_with_its_licence(root: Path) -> None:
    licence = (root / "shared/providers/embed/potion_base_8m.LICENSE.txt").read_text()
    assert "MIT License" in licence
    assert "MinishLab" in licence
