"""Which provider the settings name."""

from collections.abc import Iterator
from typing import Any

import pytest

from shared import context, settings
from shared.context import Context
from shared.providers import mail
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
def test_the_settings_decide(call: Context, given: dict[str, Any], name: str | None) -> None:
    settings.use(Settings(**given))
    provider = mail.configured()
    assert (provider.name if provider else None) == name
    call.dry = True
    assert mail.configured() is None
    assert call.withheld == (1 if name else 0)
