"""Addresses that users give: of the web, or none."""

import pytest
from pydantic import TypeAdapter, ValidationError

from shared.kit.schema import MetadataList, Url

_URL = TypeAdapter(Url)


@pytest.mark.parametrize(
    "url",
    [
        "https://x.io/a?b=c:d#e:f",
        "HTTP://x.io",
        "x.io",
        "x.io:8080/path",
        "localhost:8080",
        "/prospects?id=1",
        "www.x.io/a:b",
        "?q=a:b",
        "",
    ],
)
def test_an_address_of_the_web_is_taken(url: str) -> None:
    assert _URL.validate_python(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        " javascript:alert(1)",
        "\u200bjavascript:alert(1)",
        "java\u00adscript:alert(1)",
        "data:text/html,<script>1</script>",
        "vbscript:x",
        "file:///etc/passwd",
        "mailto:ann@x.io",
        "x.io:123456/",
        "http:x.io",
    ],
)
def test_what_a_browser_would_run_or_open_elsewhere_is_refused(url: str) -> None:
    with pytest.raises(ValidationError, match="http or https"):
        _URL.validate_python(url)


def test_the_sources_of_an_item_hold_no_script() -> None:
    sources = TypeAdapter(MetadataList)
    assert sources.validate_python([{"url": "https://x.io"}, {"title": "no address", "url": None}])
    with pytest.raises(ValidationError, match=r"1\.url: must be an http"):
        sources.validate_python([{"url": "https://x.io"}, {"url": "\tjavascript:alert(1)"}])
