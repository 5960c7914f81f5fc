"""What every provider needs of a message: addresses and headers that nothing can be smuggled into. Pure."""

from email.headerregistry import Address

from shared.errors import ProviderError
from shared.providers.mail.base import Mail


def mailbox(name: str, address: str) -> Address:
    """A person and an address. Raises ProviderError for what is no address."""
    try:
        found = Address(one_line(name), addr_spec=address.strip())
    except (ValueError, IndexError) as error:  # the parser's own, for an address that ends too soon
        raise ProviderError(f"{one_line(address)[:200]} is no mail address.") from error
    if not found.domain or not found.addr_spec.isascii():
        raise ProviderError(f"{one_line(address)[:200]} is no mail address that can be written to.")
    return found


def one_line(text: str) -> str:
    """Without line breaks and control characters: a header has one line."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def list_headers(mail: Mail) -> dict[str, str]:
    """How mail programs offer to unsubscribe (RFC 2369); by one click where the address is https (RFC 8058)."""
    url = mail.unsubscribe_url
    if not url:
        return {}
    headers = {"List-Unsubscribe": f"<{one_line(url).replace(' ', '%20')}>"}
    return headers | ({"List-Unsubscribe-Post": "List-Unsubscribe=One-Click"} if url.startswith("https://") else {})
