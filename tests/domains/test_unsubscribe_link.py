"""No message leaves a deployment without an unsubscribe link."""

from collections.abc import Iterator

import pytest

from shared import settings
from shared.domains.contacts import unsubscribe
from shared.errors import ProviderError
from shared.settings import Settings


@pytest.fixture
def deployed() -> Iterator[Settings]:
    config = Settings.model_validate({"project": "p"})
    replaced = settings.use(config)
    yield config
    settings.use(replaced)


def test_without_a_public_address_there_is_no_token(deployed: Settings) -> None:
    with pytest.raises(ProviderError, match="set PUBLIC_URL"):
        unsubscribe.new_token()


def test_the_text_ends_in_the_link(deployed: Settings) -> None:
    settings.use(deployed.model_copy(update={"public_url": "https://api.sender.example/"}))
    token = unsubscribe.new_token()
    assert token
    assert unsubscribe.new_token() != token
    assert (
        unsubscribe.with_link("Hello\n", token).splitlines()[-1]
        == f"https://api.sender.example/api/unsubscribe/{token}"
    )
    assert unsubscribe.with_link("Hello\n", None) == "Hello\n"
