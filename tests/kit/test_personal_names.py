"""Who is greeted by which name, whatever form an address book holds it in."""

import pytest

from shared.kit.personal_names import alike, first_name, full_name


@pytest.mark.parametrize(
    ("name", "given", "full"),
    [
        ("Ann Lee", "Ann", "Ann Lee"),
        ("Smith, John", "John", "John Smith"),
        ("Smith, John, PhD", "John", "John Smith"),
        ("MRS. JANE DOE PhD", "Jane", "Mrs. Jane Doe"),
        ("Prof. Dr. Hans Müller", "Hans", "Prof. Dr. Hans Müller"),
        ("Dr.Jane Doe", "Jane", "Dr. Jane Doe"),
        ("Ludwig van Beethoven", "Ludwig", "Ludwig van Beethoven"),
        ("de la Cruz, Maria", "Maria", "Maria de la Cruz"),
        ("JEAN-LUC PICARD", "Jean-Luc", "Jean-Luc Picard"),
        ("John (Jack) Smith | Acme", "John", "John Smith"),
        ("Christopher Null", "Christopher", "Christopher Null"),
        ("Ma, Jack", "Jack", "Jack Ma"),
        ("山田太郎", "山田太郎", "山田太郎"),
        # No given name that is sure.
        ("O'BRIEN", "", "O'Brien"),
        ("Dr. Smith", "", "Dr. Smith"),
        ("J. Smith", "", "J. Smith"),
        ("J.R. Tolkien", "", "J.R. Tolkien"),
        ("Dr.", "", "Dr."),
        ("info@acme.io", "", "info@acme.io"),
        ("Sales Team", "", "Sales Team"),
        ("Accounts Payable", "", "Accounts Payable"),
        ("Acme GmbH", "", "Acme GmbH"),
        ("N/A", "", "N/A"),
        ("4711", "", "4711"),
    ],
)
def test_the_given_name_is_the_right_one_or_none(name: str, given: str, full: str) -> None:
    assert (first_name(name), full_name(name)) == (given, full)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Bob", "Robert", True),
        ("Jo", "Joanna", True),
        ("Beth", "Elizabeth", True),
        ("J", "John", True),
        ("Jürgen", "Juergen", True),
        ("René", "Rene", True),
        ("Иван", "Ivan", True),
        ("John", "Jane", False),
        ("Anna", "Andrew", False),
        ("Mary", "Gary", False),
        ("Kate", "Nate", False),
        ("Tim", "Tom", False),
    ],
)
def test_two_spellings_may_be_one_name(one: str, other: str, same: bool) -> None:
    assert alike(one, other) is alike(other, one) is same
