"""Every vendor that a registry lists can be made from the settings alone."""

import pytest

from shared.providers import embed, llm, mail
from shared.providers.vendors import Vendor, first_connected
from shared.settings import Settings

VENDORS = (*embed.VENDORS, *llm.VENDORS, *mail.VENDORS)
CONNECTED = {
    "embed_api_key": "k",
    "embed_project": "p",
    "llm_api_key": "k",
    "vertex_project": "p",
    "resend_api_key": "k",
    "smtp_url": "smtp://localhost:25",
    "mail_from": "us@example.org",
}


@pytest.mark.parametrize("vendor", VENDORS, ids=lambda vendor: vendor.setting)
def test_its_setting_connects_it(vendor: Vendor) -> None:
    config = Settings().model_copy(update=CONNECTED)
    assert vendor.connected(config)
    assert not vendor.connected(config.model_copy(update={vendor.setting: None}))
    assert vendor.by_settings(config).name


def test_the_first_that_is_connected_is_used() -> None:
    config = Settings().model_copy(update=CONNECTED)
    assert first_connected(mail.VENDORS, config) == mail.VENDORS[0]
    config = config.model_copy(update={"resend_api_key": ""})
    assert first_connected(mail.VENDORS, config) == mail.VENDORS[1]
    assert first_connected(mail.VENDORS, Settings()) is None


def test_an_empty_key_is_enough_for_a_model_of_one_s_own() -> None:
    assert first_connected(llm.VENDORS, Settings().model_copy(update={"llm_api_key": ""})) == llm.VENDORS[1]
    assert first_connected(llm.VENDORS, Settings().model_copy(update={"vertex_project": ""})) is None
