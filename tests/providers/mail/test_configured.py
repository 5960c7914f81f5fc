"""Which provider the settings name."""

from collections.abc import Iterator
from typing import Any

import pytest

from shared import context, settings
from shared.context import Context
from shared.providers import mail, withholding
from shared.settings import Settings


@pytest.fixture
def call() -> Iterator[Context]:
    with context.bound(Context()) as bound:
        yield bound
    settings.use(None)


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({}, None),
        ({"resend_api_key": "re_1"}, None),
        ({"mail_from": "jo@us.example"}, None),
        ({"mail_from": "jo@us.example", "resend_api_key": "re_1"}, "resend"),
        ({"mail_from": "jo@us.example", "smtp_url": "smtp://localhost"}, "smtp"),
        ({"mail_from": "jo@us.example", "smtp_url": "smtp://localhost", "resend_api_key": "re_1"}, "resend"),
    ],
)
def test_the_settings_decide(given: dict[str, Any], name: str | None) -> None:
    settings.use(Settings(**given))
    provider = mail.configured()
    assert (provider.name if provider else None) == name
    with withholding.withhold() as withheld:
        assert mail.configured() is None
    assert withheld.calls == (1 if name else 0)
