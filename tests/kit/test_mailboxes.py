"""Two spellings that a mail server delivers to one mailbox are one address."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kit import mailboxes

SPELLINGS = [
    "stop@x.io",
    " STOP@X.IO ",
    '"stop"@x.io',
    '"st\\op"@x.io',
    "stop(c)@x.io",
    "(a(nested)b)stop@(c)x.io",
    "stop (c) @ x.io",
    "stop@x(c).io",
    "stop@x.io.",
    "Stop Please <stop@x.io>",
    '"Please, Stop" <stop@x.io>',
    "mailto:stop@x.io?subject=hello",
    "<mailto:st%6Fp@x.io>",
    "\uff53top@x.io",  # full width s
    "stop\uff20x.io",  # full width @
    "stop@x\u3002io",  # ideographic full stop
]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_it_is_one_mailbox(spelling: str) -> None:
    found = mailboxes.parse(spelling)
    assert (found.address, found.recipient, found.key) == ("stop@x.io",) * 3


@pytest.mark.parametrize(
    "spelling",
    ["ann@münchen.de", "ANN@MÜNCHEN.DE", "ann@xn--mnchen-3ya.de", "ann@XN--MNCHEN-3YA.de.", "ann@mu\u0308nchen.de"],
)
def test_a_domain_in_another_script_is_the_same_in_punycode(spelling: str) -> None:
    found = mailboxes.parse(spelling)
    assert (found.address, found.recipient) == ("ann@münchen.de", "ann@xn--mnchen-3ya.de")
    assert found.domain_keys == ["@xn--mnchen-3ya.de"]


@pytest.mark.parametrize(
    "text",
    [
        *("", "@", "ann", "ann@", "@x.io", "ann@localhost", "ann@[10.0.0.1]", "ann@1.2.3.4", "a@x.io,b@x.io"),
        *("a@x.io b@x.io", "<a@x.io> <b@x.io>", '"a b"@x.io', '"a@b"@x.io', "st op@x.io", "a..b@x.io", "(stop@x.io"),
        *("stop)@x.io", '"stop@x.io', "a@x.io\\", "a@x.io\nBcc: b@y.io", f"{'a' * 65}@x.io", f"a@{'x.' * 126}io"),
        "x" * 5_000,
    ],
)
def test_what_is_not_one_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"address|domain|quote|comment"):
        mailboxes.parse(text)


@pytest.mark.parametrize("sign", "\u200b\u200d\u00ad\ufeff\u2060\u202e\u3164\ufe0f\x00\x7f")
@pytest.mark.parametrize("place", ["st{}op@x.io", "stop@x{}.io", "{}stop@x.io", "mailto:st{}op@x.io"])
def test_an_invisible_character_is_refused(place: str, sign: str) -> None:
    with pytest.raises(ValueError, match="invisible"):
        mailboxes.parse(place.format(sign))


def test_tags_and_domains_above() -> None:
    tagged = mailboxes.parse("Ann+News+2@mail.eu.acme.io")
    assert (tagged.key, tagged.untagged_key) == ("ann+news+2@mail.eu.acme.io", "ann@mail.eu.acme.io")
    assert tagged.domain_keys == ["@mail.eu.acme.io", "@eu.acme.io", "@acme.io"]
    assert mailboxes.parse("+x@acme.io").untagged_key == "+x@acme.io"


@pytest.mark.parametrize(
    ("stored", "key"),
    [
        ("Stop(c)@x.io", "stop@x.io"),
        ("st\u200bop@x.io", "stop@x.io"),
        ("@münchen.de", "@xn--mnchen-3ya.de"),
        ("@Acme.io", "@acme.io"),
        ("no address", "no address"),
    ],
)
def test_what_was_stored_before_has_a_key(stored: str, key: str) -> None:
    assert mailboxes.key_of(stored) == key


@given(st.text(max_size=60))
def test_a_key_is_its_own_key(text: str) -> None:
    try:
        found = mailboxes.parse(text)
    except ValueError:
        assert mailboxes.key_of(mailboxes.key_of(text)) == mailboxes.key_of(text)
        return
    assert mailboxes.parse(found.address).key == mailboxes.parse(found.recipient).key == found.key
    assert found.recipient.partition("@")[2].isascii()


@pytest.mark.parametrize("piece", ["(", '"', "\\", " ", "<", ". ", "a.", "\ufdfa", "ü.", "xn--9."])
def test_no_text_takes_long(piece: str) -> None:
    begun = time.thread_time()
    for text in (piece * 500, f"a@{piece * 400}io", f"{piece * 400}@x.io", piece * 1_000_000):
        with pytest.raises(ValueError, match=r"address|domain|quote|comment|invisible"):
            mailboxes.parse(text)
    assert time.thread_time() - begun < 1


_PARTS = st.text("aZ09_+-.", min_size=1, max_size=70)
_LABELS = st.lists(st.text("aZ09-", min_size=1, max_size=65), min_size=1, max_size=4).map(".".join)
_TOPS = st.sampled_from(["io", "IO", "local", "c", "123", "a1", "a" * 63, "a" * 64])


def _outcome(text: str) -> mailboxes.Mailbox | str:
    try:
        return mailboxes.parse(text)
    except ValueError as error:
        return str(error)


@given(_PARTS, _LABELS, _TOPS)
def test_a_plain_address_is_what_it_is_in_brackets(local: str, domain: str, top: str) -> None:
    address = f"{local}@{domain}.{top}"
    assert _outcome(address) == _outcome(f"<{address}>")


@pytest.mark.parametrize(
    "address",
    [
        f"{'a' * 64}@x.io",
        f"{'a' * 65}@x.io",
        f"a@{'b' * 63}.io",
        f"a@{'b' * 64}.io",
        f"{'a' * 59}@{'.'.join(['b' * 47] * 4)}.io",  # 254 characters
        f"{'a' * 60}@{'.'.join(['b' * 47] * 4)}.io",
        "a@xn--mnchen-3ya.de",
        "a@ab--cd.io",
        "a@\u212aelvin.io",  # which is lower case k
    ],
)
def test_an_address_at_a_limit_is_what_it_is_in_brackets(address: str) -> None:
    assert _outcome(address) == _outcome(f"<{address}>")
