"""Which URLs and addresses are asked: vectors."""

import pytest

from shared import settings
from shared.errors import Invalid, Unavailable
from shared.providers.web.addresses import Resolver, connectable, locate, refusal
from shared.settings import Settings

INNER = [
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "10.255.255.255",
    "100.64.0.1",
    "100.100.100.200",
    "100.127.255.255",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.0.1",
    "169.254.169.254",
    "169.254.169.253",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.7",
    "203.0.113.9",
    "224.0.0.1",
    "224.0.1.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:10.0.0.1",
    "::ffff:8.8.8.8",
    "::ffff:0:127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:0:53aa:64c:0:fbff:a39b:a9fe",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:a9fe:a9fe::1",
    "3fff::1",
    "fc00::1",
    "fd00:ec2::254",
    "fd20:ce::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
]
PUBLIC = ["1.1.1.1", "8.8.8.8", "93.184.215.14", "172.15.0.1", "172.32.0.1", "100.63.0.1", "100.128.0.1", "11.0.0.1"]
PUBLIC_V6 = ["2606:4700:4700::1111", "2a00:1450:4001:800::200e", "2001:4860:4860::8888"]

REFUSED = [
    # numbers in disguise
    "http://2130706433/",
    "http://017700000001/",
    "http://0x7f000001/",
    "http://0177.0.0.1/",
    "http://0x7f.1/",
    "http://127.1/",
    "http://127.0.1/",
    "http://0/",
    "http://127.0.0.01/",
    "http://1.2.3.256/",
    "http://1.2.3.4.5/",
    "http://0x/",
    "http://169.254.43518/",
    "http://2852039166/latest/meta-data/",
    # addresses as they are
    "http://127.0.0.1/",
    "http://127.0.0.2:8080/",
    "http://127.0.0.1./",
    "http://169.254.169.254/computeMetadata/v1/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]:8080/",
    "http://[fd20:ce::254]/",
    "http://[fe80::1%25eth0]/",
    "http://[0:0:0:0:0:ffff:a9fe:a9fe]/",
    "http://[v1.fe80]/",
    # other scripts
    "http://①②⑦.⓪.⓪.①/",
    "http://127。0。0。1/",
    "http://\N{FULLWIDTH DIGIT ONE}27.0.0.1/",
    "http://ⓛocalhost/",
    "http://metadata.google.internal。/",
    "http://ⓜetadata.google.internal/",
    # names of the inside
    "http://localhost/",
    "http://LOCALHOST:8000/",
    "http://localhost.:8000/",
    "http://app.localhost:8000/",
    "http://metadata/computeMetadata/v1/",
    "http://metadata.goog/",
    "http://metadata.google.internal/computeMetadata/v1/instance/service-accounts/default/token",
    "http://METADATA.google.internal./",
    "http://redis:6379/",
    "http://printer.local/",
    "http://nas.lan/",
    # what is no web
    "ftp://example.com/",
    "file:///etc/passwd",
    "gopher://example.com:11211/",
    "javascript:alert(1)",
    "//example.com/",
    "example.com",
    "http://",
    "http:///etc/passwd",
    "http://example.com:22/",
    "http://example.com:25/",
    "http://example.com:0/",
    "http://example.com:65536/",
    "http://example.com:80x/",
    # credentials, and readers who disagree about the host
    "http://user:password@example.com/",
    "http://user@example.com/",
    "http://@example.com/",
    "http://example.com@127.0.0.1/",
    "http://127.0.0.1:8000@example.com/",
    "http://example.com\\@127.0.0.1/",
    "http://127.0.0.1\\.example.com/",
    "http://exa mple.com/",
    "http://example.com/\r\nHost: evil",
    "http://example.com/\x00",
    "http://example..com/",
    "http://.example.com/",
    "http://exam%70le.com/",
    "http://example.com%2f@evil.example/",
    "http://-example.com/",
    f"http://{'a' * 64}.com/",
    f"http://example.com/{'a' * 8_000}",
]


@pytest.mark.parametrize("address", INNER)
def test_no_inner_address_is_connected_to(address: str) -> None:
    assert refusal(address)
    with pytest.raises(Invalid, match=r"shop\.example leads to an? "):
        connectable(locate("http://shop.example/"), lambda host, port: [address])


@pytest.mark.parametrize("address", [*PUBLIC, *PUBLIC_V6])
def test_public_addresses_are(address: str) -> None:
    assert refusal(address) is None
    assert connectable(locate("http://shop.example/"), lambda host, port: [address]) == [address]


@pytest.mark.parametrize("url", REFUSED)
@pytest.mark.parametrize("where", ["emulators", "production"])
def test_refused_as_it_is_written(url: str, where: str) -> None:
    if where == "production":
        settings.use(Settings())
    with pytest.raises(Invalid, match=r"^The address .* is not asked: .+\.$") as refused:
        locate(url)
    assert [error.field for error in refused.value.errors] == ["url"]
    assert "password" not in refused.value.detail.split(": ")[0]
    assert len(refused.value.detail) < 400


def test_one_inner_address_among_public_ones_is_enough() -> None:
    with pytest.raises(Invalid, match="link-local"):
        connectable(locate("https://shop.example/"), lambda host, port: ["1.1.1.1", "169.254.169.254"])


def test_a_name_without_an_address() -> None:
    def unknown(host: str, port: int) -> list[str]:
        raise OSError("Name or service not known")

    resolvers: list[Resolver] = [unknown, lambda host, port: []]
    for resolve in resolvers:
        with pytest.raises(Unavailable, match=r"shop\.example"):
            connectable(locate("http://shop.example/"), resolve)


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("https://Example.COM", "https://example.com/"),
        ("https://example.com:443/a?b=c#d", "https://example.com/a?b=c"),
        ("http://example.com.:8080/ä", "http://example.com:8080/%C3%A4"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("https://xn--bcher-kva.example/", "https://xn--bcher-kva.example/"),
        ("https://my_shop.example/?q=[1]&r=%20", "https://my_shop.example/?q=[1]&r=%20"),
        ("https://[2606:4700:4700::1111]:8443/x", "https://[2606:4700:4700::1111]:8443/x"),
        ("http://8.8.8.8", "http://8.8.8.8/"),
    ],
)
def test_how_a_url_goes_on_the_wire(url: str, asked: str) -> None:
    assert locate(url).url == asked


@pytest.mark.parametrize("url", ["http://127.0.0.1:3000/hook", "http://localhost:3000?x", "https://localhost:3443"])
def test_a_developers_own_server(url: str, on_emulators: Settings) -> None:
    assert locate(url).local
    assert set(connectable(locate(url), lambda host, port: ["1.1.1.1"])) <= {"127.0.0.1", "::1"}
    settings.use(on_emulators.model_copy(update={"allow_local_servers": False}))
    with pytest.raises(Invalid):
        locate(url)
    settings.use(Settings(allow_local_servers=True))
    with pytest.raises(Invalid):
        locate(url)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
@pytest.mark.parametrize("port", [8901, 8902, 8903, 8904, 8080, 8081])
def test_the_stacks_own_services_are_none_of_them(host: str, port: int) -> None:
    with pytest.raises(Invalid, match="service of this very stack"):
        locate(f"http://{host}:{port}/")


def test_a_redirect_may_only_stay_at_a_developers_server() -> None:
    own, public = locate("http://127.0.0.1:3000/a"), locate("https://shop.example/")
    assert locate("http://127.0.0.1:3000/b", came_from=own).local
    for target, source in (
        ("http://127.0.0.1:3001/", own),
        ("http://localhost:3000/", own),
        ("http://127.0.0.1:3000/", public),
    ):
        with pytest.raises(Invalid):
            locate(target, came_from=source)
