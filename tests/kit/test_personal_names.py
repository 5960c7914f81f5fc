"""Who is greeted by which name, whatever form an address book holds it in."""

import pytest

from shared.kit.personal_names import address, alike, first_name, full_name, is_no_value


@pytest.mark.parametrize(
    ("name", "given", "full"),
    [
        ("Ann Lee", "Ann", "Ann Lee"),
        ("Jane null", "Jane", "Jane"),
        ("Sra. María García López", "María", "Sra. María García López"),
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
        ("Иванов Иван Иванович", "Иван", "Иван Иванович Иванов"),
        ("VAN DER BERG, PIETER", "Pieter", "Pieter van der Berg"),
        ("MCDONALD, RONALD", "Ronald", "Ronald McDonald"),
        ("Bob & Ann Lee", "Bob & Ann", "Bob & Ann Lee"),
        ("★ Ann Lee ★ (she/her)", "Ann", "Ann Lee"),
        ("Ann Lee, MBA, CFA", "Ann", "Ann Lee"),
        ("ann.lee", "Ann", "Ann Lee"),
        ("Maria de Sa", "Maria", "Maria de Sa"),
        ("ZHANG Wei", "Wei", "Wei Zhang"),
        ("DUPONT Jean", "Jean", "Jean Dupont"),
        ("Nguyễn Văn An", "An", "Nguyễn Văn An"),
        ("Madonna", "Madonna", "Madonna"),
        ("john SMITH", "John", "John Smith"),
        ("Müller Hans", "Hans", "Hans Müller"),
        ("สมชาย ใจดี", "สมชาย", "สมชาย ใจดี"),
        ("Dr. Dr. h.c. Max Muster", "Max", "Dr. Dr. Max Muster"),
        ("Sir Ian", "Ian", "Sir Ian"),
        # No given name that is sure.
        ("Xi Jinping", "", "Xi Jinping"),
        ("Nagy István", "", "Nagy István"),
        ("Kim Jong-un", "", "Kim Jong-un"),
        ("Mr. and Mrs. Smith", "", "Mr. and Mrs. Smith"),
        ("O'BRIEN & SONS, LTD..", "", "O'BRIEN & SONS, LTD.."),
        ("Managing Director", "", "Managing Director"),
        ("Smith", "", "Smith"),
        ("Nguyen", "", "Nguyen"),
        ("Acme Support", "", "Acme Support"),
        ("Ms. Unknown", "", "Ms. Unknown"),
        ("None None", "", "None None"),
        ("Hiring Manager", "", "Hiring Manager"),
        ("First Last", "", "First Last"),
        ("O'BRIEN", "", "O'Brien"),
        ("Sra. García López", "", "Sra. García López"),
        ("Orbán Viktor", "", "Orbán Viktor"),
        ("null Doe", "", "Doe"),
        ("Doe, null", "", "Doe"),
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
    ("name", "words"),
    [
        ("Ann Lee", "Ann"),
        ("Dr. Smith", "Dr. Smith"),
        ("Mr. and Mrs. Smith", "Mr. and Mrs. Smith"),
        ("Nagy István", "Nagy István"),
        ("J. Smith", ""),
        ("Smith", ""),
        ("van Helsing", ""),
        ("O'BRIEN", ""),
        ("Dr.", ""),
        ("info", ""),
    ],
)
def test_a_person_is_addressed_by_what_is_sure(name: str, words: str) -> None:
    assert address(name) == words


@pytest.mark.parametrize("value", ["N/A", "none", "-", "--", "null", "Unknown", "(unknown)", "???", "", "xxx", "k.A."])
def test_a_placeholder_is_no_value(value: str) -> None:
    assert is_no_value(value)


@pytest.mark.parametrize("value", ["Nan", "Na", "3M", "X", "Nonesuch", "Null Island"])
def test_a_value_is_one(value: str) -> None:
    assert not is_no_value(value)


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


@pytest.mark.parametrize(
    ("name", "greeted"),
    [
        ("Hi Jane", "Jane"),
        ("Dear Jane Doe", "Jane"),
        ("Jane Doe CEO", "Jane"),
        ("Jane null", "Jane"),
        ("Jane N/A", "Jane"),
        ("Christopher Null", "Christopher"),
        ("Art Director", ""),
        ("LinkedIn Member", ""),
        ("Deleted User", ""),
        ("Anonymous", ""),
        ("Mr CEO", ""),
    ],
)
def test_what_stands_beside_a_name_is_no_name(name: str, greeted: str) -> None:
    assert address(name) == greeted
