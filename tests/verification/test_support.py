"""A statement is borne by a quote that says all of it, and by none that says less, or other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.verification import lexicon
from shared.verification.support import says

SALE = "Initech sold 1,400 pumps for $2.6 million in the second quarter, up from 900 a year earlier."
PLANT = "In March, chief executive Ana Silva said that Initech will not open a plant in Porto this year."
STAFF = "Initech employs 310 people in Porto and 95 in Lyon."
TRIAL = "Hooli tested the pumps at two sites but did not place an order."
BOUGHT = "Globex was acquired by Hooli for nine hundred million dollars."
FORECAST = "Initech expects revenue to rise from 31 to 38 percent."
LISTED = "Sales of pumps from Initech's rival Hooli fell by 12% in May, because customers waited for a new model."


@pytest.mark.parametrize(
    ("quote", "statement"),
    [
        (SALE, SALE.upper()),
        (SALE, "Initech sold 1400 pumps for $2.6m in the second quarter."),
        (SALE, "In the second quarter, Initech sold 1,400 pumps for 2.6 million dollars."),
        (SALE, "Initech sold 1,400 pumps for $2.6 million in the second quarter."),
        ("Initech, which is based in Porto, quickly sold its pumps to Hooli.", "Initech sold its pumps to Hooli."),
        (PLANT, "CEO Ana Silva said that Initech will not open a plant in Porto this year."),
        (TRIAL, "Hooli tested the pumps at two sites."),
        (TRIAL, "Hooli tested the pumps at 2 sites, but didn't place an order."),
        (BOUGHT, "Globex was bought by Hooli for $900 million."),
        (LISTED, "Customers waited for a new model."),
        ("Hooli, based in Porto, sold 14 of the pumps in the spring.", "Hooli sold 14 pumps in spring."),
        ("L'entreprise n'a pas vendu ses pompes.", "L'entreprise n'a pas vendu ses pompes"),
        ("東京の学校では教師が不足しています。", "東京の学校では教師が不足しています"),
    ],
)
def test_what_the_quote_says(quote: str, statement: str) -> None:
    assert says(quote, statement)


@pytest.mark.parametrize(
    ("quote", "statement"),
    [
        (SALE, "Initech sold 1,500 pumps in the second quarter."),
        (SALE, "Initech sold 900 pumps in the second quarter, up from 1,400 a year earlier."),
        (SALE, "Initech sold 1,400 pumps for $2.6 billion in the second quarter."),
        (SALE, "Initech sold 1,400 pumps for €2.6 million in the second quarter."),
        (SALE, "Initech sold 1,400 pumps in the second quarter, down from 900 a year earlier."),
        (SALE, "Hooli sold 1,400 pumps in the second quarter."),
        (SALE, "Initech will sell 1,400 pumps in the second quarter."),
        (SALE, "Initech sold all 1,400 pumps in the second quarter."),
        (SALE, "Initech sold 1,400 pumps in the second quarter, and a new plant is being built."),
        (SALE, "Initech sold 1,400."),
        (PLANT, "Initech will open a plant in Porto this year."),
        ("Initech probably sold 14 pumps to the town of Porto.", "Initech sold 14 pumps to the town of Porto."),
        (PLANT, "Initech will not open a plant in Porto this year."),  # that is what its chief says
        ("Critics say that Initech cheats the customers of its pumps.", "Initech cheats the customers of its pumps."),
        ("Initech cheats the customers of its pumps, critics say.", "Initech cheats the customers of its pumps."),
        (
            "Initech lost its bid to buy the Porto pump maker Hooli for $25 million in May.",
            "Initech buys the Porto pump maker Hooli for $25 million in May.",
        ),
        ("Initech, Globex, and Hooli sold 61 pumps at the fair.", "Initech and Hooli sold 61 pumps at the fair."),
        ("Initech will open a plant in Porto once the board agrees.", "Initech will open a plant in Porto."),
        ("The idea that Hooli buys the plant in Porto is wrong.", "Hooli buys the plant in Porto."),
        (PLANT, "Chief executive Ana Silva said that Initech will open a plant in Porto this year."),
        (PLANT, "Ana Silva said that Initech will not open a plant this year in Lyon."),
        (STAFF, "Initech employs 95 people in Porto and 310 in Lyon."),
        (TRIAL, "Hooli tested the pumps at two sites and placed an order."),
        (TRIAL, "Hooli placed an order."),
        (BOUGHT, "Globex acquired Hooli for nine hundred million dollars."),
        (BOUGHT, "Globex was acquired for nine hundred million dollars by Hooli's rival."),
        (FORECAST, "Initech's revenue will rise from 31 to 38 percent."),
        (FORECAST, "Initech expects revenue to fall from 31 to 38 percent."),
        (LISTED, "Sales of pumps from Initech fell by 12% in May."),
        (LISTED, "Initech's rival Hooli fell by 12% in May."),
        ("If the levy passes, Larkfield will hire 12 tutors.", "Larkfield will hire 12 tutors."),
        ("Larkfield will hire 12 tutors, provided the levy passes.", "Larkfield will hire 12 tutors."),
        ("It is not true that Hooli bought Globex.", "Hooli bought Globex."),
        ("Unser Umsatz ist in diesem Jahr nicht gestiegen.", "Unser Umsatz ist in diesem Jahr gestiegen."),
        ("Les ventes ont baissé de 12 %.", "Les ventes ont augmenté de 12 %."),
        ("", "Initech sold pumps."),
        (SALE, ""),
    ],
)
def test_what_the_quote_does_not_say(quote: str, statement: str) -> None:
    assert not says(quote, statement)


def test_a_pronoun_stands_for_the_name_that_the_sentence_before_begins_with() -> None:
    quote, before = "Its pumps cannot yet lift more than 30 kilograms.", "Initech employs 310 people in Porto."
    assert says(quote, "Initech's pumps cannot yet lift more than 30 kg.", before)
    assert not says(quote, "Hooli's pumps cannot yet lift more than 30 kg.", before)
    assert not says(quote, "Initech's pumps cannot yet lift more than 30 kg.")
    assert not says(quote, "Initech's pumps can lift more than 30 kg.", before)


TURNED = [(quote, n) for quote in (SALE, PLANT, STAFF, TRIAL, BOUGHT, FORECAST) for n in range(len(quote.split()))]


@given(st.sampled_from(TURNED), st.sampled_from(["not", "never", "all", "almost", "allegedly", "former", "without"]))
def test_a_word_that_turns_a_statement_is_not_let_in(place: tuple[str, int], word: str) -> None:
    quote, n = place
    words = quote.split()
    assert not says(quote, " ".join([*words[:n], word, *words[n:]]))


@given(st.sampled_from(TURNED))
def test_a_word_that_turns_a_statement_is_not_left_out(place: tuple[str, int]) -> None:
    quote, n = place
    words = quote.split()
    turns = words[n].strip(".,").lower() in {"not", "by", "up", "from", "but", "will", "expects"}
    assert not (turns and n + 1 < len(words) and says(quote, " ".join([*words[:n], *words[n + 1 :]])))


def test_what_is_light_turns_nothing() -> None:
    assert not lexicon.LIGHT & lexicon.TURNING
