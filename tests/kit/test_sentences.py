"""Where sentences end, and where they do not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kit.sentences import sentences


@pytest.mark.parametrize(
    "text",
    [
        "One.|Two!|Three",
        "Dr. Ann Lee met Mr. J. R. Smith in St. Paul.|They spoke.",
        "It costs approx. 40 dollars, e.g. for paper, i.e. $2.50 a day.|That is all.",
        "Acme Inc. Chairman Bo Diaz left.|He joined Bolt Ltd.|The shares fell.",
        "Exports to the U.S. Senate grew.|They fell in the U.K.|It was 5 p.m. on Monday.",
        "1. Marking takes the evening.|2. Pay is low.",
        "“We are tired.”|She left (at last).|Nobody stayed!",
        "Yahoo! said so.|Did it?|Yes…",
        "Das kostet 12 Mio. Euro, z. B. am 3. Oktober.|Dr. Abel zahlt im 2. Quartal rd. 4 Mrd. Euro.|Es reicht.",
        "Según la Sra. Ortiz cuesta mucho.|El Dr. Ruiz lo niega.|M. Lenoir et Mme. Roy sont venus.|Fin.",
        "「人が足りない。」と社長は述べた。|来年は増える。",
        "In 2020 it rose by 3.5 percent.|In 2021 it fell.",
        "東京は大きい。|人が多い！|そうですか？",  # noqa: RUF001
    ],
)
def test_sentences_end_where_they_should(text: str) -> None:
    assert sentences(text.replace("|", "" if "。" in text else " ")) == text.split("|")


def test_a_line_break_ends_a_sentence() -> None:
    assert sentences("One. Two!\nThree\n\n") == ["One.", "Two!", "Three"]


@given(st.text(alphabet="aB1 .!?\n。)\"'", max_size=200))
def test_nothing_but_blanks_is_lost(text: str) -> None:
    assert "".join("".join(sentences(text)).split()) == "".join(text.split())
