"""Addresses that hold a message's token, and the tokens that are read back from what servers make of them."""

from collections.abc import Iterator

import pytest

from shared import settings
from shared.errors import ProviderError
from shared.kit.ids import derived_id
from shared.providers.mail import addresses
from shared.settings import Settings

TOKEN, OTHER = derived_id("a"), derived_id("b")


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    yield
    settings.use(None)


def test_both_hold_the_token() -> None:
    settings.use(Settings(mail_from="jo@us.example", mail_reply_domain="Replies.Us.example"))
    assert addresses.message_id(TOKEN) == f"<m.{TOKEN}@us.example>"
    assert addresses.reply_address(TOKEN) == f"reply+{TOKEN}@replies.us.example"
    assert addresses.tokens_in([addresses.message_id(TOKEN), f"reply+{OTHER}@x.example"]) == [TOKEN, OTHER]


def test_without_a_domain_answers_come_to_the_sender() -> None:
    settings.use(Settings(mail_from="jo@us.example"))
    assert addresses.reply_address(TOKEN) is None


def test_domains_of_other_scripts_are_written_as_servers_take_them() -> None:
    settings.use(Settings(mail_from="jo@münchen.example", mail_reply_domain="antwort.münchen.example"))
    assert addresses.message_id(TOKEN) == f"<m.{TOKEN}@xn--mnchen-3ya.example>"
    assert addresses.reply_address(TOKEN) == f"reply+{TOKEN}@antwort.xn--mnchen-3ya.example"
    assert addresses.sender(settings.current()).recipient == "jo@xn--mnchen-3ya.example"


@pytest.mark.parametrize(
    "text",
    [
        f"<m.{TOKEN}@us.example>",
        f"reply+{TOKEN}@us.example",
        f'"Jo" <REPLY+{TOKEN.upper()}@US.EXAMPLE>',
        f"SRS0=HHH=TT=us.example=reply+{TOKEN}@forwarder.example",
        f"prvs=1234567890=reply+{TOKEN}@us.example",
        f"ann+reply+{TOKEN}=us.example@list.example",
        f"IMCEASMTP-reply+2B{TOKEN}+40us+2Eexample@them.example",
        f"mailto:reply%2B{TOKEN}%40us.example",
        f"<a@b.example> <m.{TOKEN}@us.example> <m.{TOKEN}@old.example>",
    ],
)
def test_a_token_is_found_in_what_servers_make_of_it(text: str) -> None:
    assert addresses.tokens_in([text, text]) == [TOKEN]


@pytest.mark.parametrize(
    "text",
    [
        "",
        f"m.{TOKEN}",
        f"<m.{TOKEN[:-1]}@us.example>",
        f"<m.{TOKEN}x@us.example>",
        f"<m.{TOKEN[:-1]}1@us.example>",
        f"<form.{TOKEN}@us.example>",
        f"<{TOKEN}@us.example>",
        f"noreply+{TOKEN}@us.example",
        "m." * 100_000 + "reply+" * 100_000,
    ],
)
def test_what_only_looks_like_one_is_none(text: str) -> None:
    assert addresses.tokens_in([text]) == []


@pytest.mark.parametrize("token", ["", TOKEN.upper(), TOKEN[:-1], f"{TOKEN}\n", "a@b> <x"])
def test_what_is_no_token_never_gets_into_an_address(token: str) -> None:
    with pytest.raises(ValueError, match="26 characters"):
        addresses.id_at(token, "us.example")
    with pytest.raises(ValueError, match="26 characters"):
        addresses.reply_at(token, "us.example")


@pytest.mark.parametrize("given", ["Jo <jo@us.example>", '"Jo" jo@us.example', "jo @us.example"])
def test_a_name_beside_the_senders_address_stops_the_start(given: str) -> None:
    with pytest.raises(ValueError, match="its name is MAIL_FROM_NAME"):
        Settings(mail_from=given)


@pytest.mark.parametrize("given", ["jo@us.example", "us", "us.example/x", "<us.example>", "us .example", "us..example"])
def test_a_reply_domain_that_is_none_stops_the_start(given: str) -> None:
    with pytest.raises(ValueError, match="MAIL_REPLY_DOMAIN must be a domain"):
        Settings(mail_reply_domain=given)


def test_a_sender_that_is_no_address_is_named() -> None:
    with pytest.raises(ProviderError, match="MAIL_FROM is no mail address"):
        addresses.sender(Settings(mail_from="jo"))
