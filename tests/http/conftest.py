"""What tests of the API share."""

from collections.abc import Iterator

import pytest

from tests.fixtures.api import Api
from tests.fixtures.correspondence import Correspondence, correspondence


@pytest.fixture
def mail(api: Api) -> Iterator[Correspondence]:
    """A user's messages that leave, and the mail that is handed in for them."""
    with correspondence(api) as exchanged:
        yield exchanged
