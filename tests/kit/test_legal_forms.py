"""The legal form is no part of the name that people say, in whichever country the firm is."""

import pytest

from shared.kit.firm_names import spoken

_FORMS = """
S.à r.l.|S.A. de C.V.|SA de CV|S. de R.L. de C.V.|S/A|EIRELI|Nyrt.|sp. z o.o. sp. k.|S.A. sp.k.|d.d.|OOD|EOOD|A.Ş.
Ltd. Şti.|Private Limited|Proprietary Limited|Company Limited|Sdn. Bhd.|Tbk|FZE|FZ-LLC|FZCO|W.L.L.|S.A.E.|S.A.L.|CC
P.C.|PLLC|LP|L.P.|SE & Co. KGaA|Ehf.|hf.|OÜ|UAB|SIA|Unlimited Company|DAC|CLG|eG|GmbH & Co. KG|Pty. Ltd.|K.K.|A/S|AB
"""


@pytest.mark.parametrize("form", _FORMS.replace("\n", "|").strip("|").split("|"))
def test_a_legal_form_is_left_out(form: str) -> None:
    assert spoken(f"Acme Pumps {form}") == "Acme Pumps"
    assert spoken(f"Acme Pumps, {form}") == "Acme Pumps"


@pytest.mark.parametrize(
    "name", ["Sharp As", "Public Storage", "Limited Brands", "Sia Music", "Private Practice", "L'Oréal"]
)
def test_a_word_that_is_none_stays(name: str) -> None:
    assert spoken(name) == name
