"""A firm is called what people call it, in a text; never less than its name, and nothing where there is none."""

import pytest

from shared.kit.firm_names import spoken


@pytest.mark.parametrize(
    ("stored", "said"),
    [
        ("O'BRIEN & SONS, LTD..", "O'Brien & Sons"),
        ("Acme, Inc.", "Acme"),
        ("ACME CORPORATION!!", "ACME"),
        ("SIEMENS AG", "Siemens"),
        ("BMW AG", "BMW"),
        ("IBM", "IBM"),
        ("Müller GmbH & Co. KG", "Müller"),
        ("Bäckerei Weiß UG (haftungsbeschränkt)", "Bäckerei Weiß"),
        ("Turnverein Lindau e.V.", "Turnverein Lindau"),
        ("Smith & Co.", "Smith & Co"),
        ("Foo Bar S.A.R.L.", "Foo Bar"),
        ("Casa Verde, S.L.", "Casa Verde"),
        ("Zielona sp. z o.o.", "Zielona"),
        ("Novo Nordisk A/S", "Novo Nordisk"),
        ("Outback Tools Pty Ltd", "Outback Tools"),
        ("Huawei Technologies Co., Ltd.", "Huawei Technologies"),
        ("株式会社トヨタ", "トヨタ"),
        ("ООО Ромашка", "Ромашка"),  # noqa: RUF001
        ("BANK OF AMERICA", "Bank of America"),
        ("Acme Inc. | We build rockets", "Acme"),
        ("Lake School (formerly Hill School)", "Lake School"),
        ("Ford Motor Company", "Ford Motor Company"),
        ("Limited", "Limited"),
        ("AB", "AB"),
        ("acme inc.", "Acme"),
        ("Acme (Pty) Ltd", "Acme"),
        ("3M", "3M"),
        ("Yahoo!", "Yahoo!"),
        ("acme.com", "acme.com"),
        ("Sharp as", "Sharp as"),
        ("Kaffee\u200bhaus\nLtd", "Kaffeehaus"),
        ("N/A", ""),
        ("-", ""),
        ("unknown", ""),
        ("Self-employed", ""),
        (None, ""),
    ],
)
def test_a_firm_is_called_as_people_call_it(stored: str | None, said: str) -> None:
    assert spoken(stored) == said
