"""Mail addresses in one form, so that two spellings of one mailbox are equal: RFC 5322 syntax, UTS 46 domains."""

import unicodedata
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Annotated
from urllib.parse import unquote

from pydantic import AfterValidator, Field, StringConstraints

from shared.kit.patterns import lazy_pattern

_LONGEST = 1_000  # characters with a display name and comments
_ADDRESS, _LOCAL = 254, 64  # characters of an address itself, and before its @
_PLAIN = lazy_pattern(r"[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
# Unicode's Default_Ignorable_Code_Point that are no format characters (Cf): they take no room on a screen.
_IGNORABLE = frozenset(
    [
        *(0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2065, 0x3164, 0xFFA0),
        *(*range(0x180B, 0x1810), *range(0xFE00, 0xFE10), *range(0xFFF0, 0xFFF9), *range(0xE0000, 0xE1000)),
    ]
)
_INVISIBLE = frozenset(["Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"])


@dataclass(frozen=True)
class Mailbox:
    """One address, without display name, comments and quotes, in Unicode NFKC and lower case."""

    local: str
    domain: str  # as people read it: münchen.de
    ascii_domain: str  # as mail servers do: xn--mnchen-3ya.de

    @property
    def address(self) -> str:
        """The address as people read it."""
        return f"{self.local}@{self.domain}"

    @property
    def recipient(self) -> str:
        """The address as mail servers take it."""
        return f"{self.local}@{self.ascii_domain}"

    @property
    def key(self) -> str:
        """What two spellings of one mailbox have in common: compare addresses by this."""
        return f"{self.local.casefold()}@{self.ascii_domain}"

    @property
    def untagged_key(self) -> str:
        """The key of the mailbox that `local+tag` is a sub-address of (RFC 5233); `key` where there is no tag."""
        base = self.local.casefold().partition("+")[0]
        return f"{base}@{self.ascii_domain}" if base else self.key

    @property
    def domain_keys(self) -> list[str]:
        """The domain as `@acme.io`, then each domain above it but the top-level one."""
        labels = self.ascii_domain.split(".")
        return ["@" + ".".join(labels[start:]) for start in range(max(1, len(labels) - 1))]


def parse(text: str) -> Mailbox:
    """The mailbox that the text names, as `ann@x.io`, `Ann <ann@x.io>` or `mailto:ann@x.io`.

    Time is linear in the text. Raises ValueError with half a sentence for people.
    """
    return _plain(text) or _written(text)


def _plain(text: str) -> Mailbox | None:
    """The mailbox of an address that is nothing else, in the letters that nearly all have: in a tenth of the time. None
    for what has to be looked at more closely."""
    lowered = text.lower() if text.isascii() else ""
    if not _PLAIN.fullmatch(lowered) or "--" in lowered:
        return None
    local, _, domain = lowered.partition("@")
    return Mailbox(local, domain, domain) if len(local) <= _LOCAL and len(lowered) <= _ADDRESS else None


def _written(text: str) -> Mailbox:
    """The mailbox that a text names in any of its forms. Raises ValueError."""
    if len(text) > _LONGEST:
        raise ValueError("is too long for a mail address")
    visible = unicodedata.normalize("NFKC", text).strip()
    if any(is_invisible(character) for character in visible):
        raise ValueError("contains an invisible character; type the address anew")
    bare = _addr_spec(visible)
    if bare[:7].lower() == "mailto:":
        return parse(unquote(bare[7:].partition("?")[0]))
    bare = bare.removesuffix(".")  # the root of the domain names
    library = _library()
    try:
        validated = library.validate_email(bare, check_deliverability=False, globally_deliverable=False, strict=True)
    except library.EmailNotValidError as error:
        raise ValueError("is no mail address such as ann@acme.io") from error
    if "." not in validated.ascii_domain or validated.ascii_domain.rpartition(".")[2].isdigit():
        raise ValueError("has no domain such as acme.io")
    return Mailbox(validated.local_part.lower(), validated.domain, validated.ascii_domain.lower())


@cache
def _library() -> ModuleType:
    import email_validator

    email_validator.SPECIAL_USE_DOMAIN_NAMES.clear()  # a private mail server may serve .local
    return email_validator


def parse_domain(text: str) -> Mailbox:
    """Some mailbox at the domain that the text names, as `acme.io` or `@acme.io`. Raises ValueError."""
    try:
        return parse("somebody@" + text.strip().removeprefix("@"))
    except ValueError as error:
        raise ValueError("is no domain such as acme.io") from error


def readable(text: str) -> str:
    """An address, or a domain that begins with `@`, as people read it. Raises ValueError."""
    return f"@{parse_domain(text).domain}" if text.startswith("@") else parse(text).address


def key_of(text: str) -> str:
    """The key of an address or of a domain `@acme.io`; of any other text, the text in lower case. Never raises."""
    visible = "".join(character for character in text if not is_invisible(character))
    try:
        return parse_domain(visible).domain_keys[0] if visible.startswith("@") else parse(visible).key
    except ValueError:
        return text.lower()


def is_invisible(character: str) -> bool:
    """Whether a character is a control or format character, or takes no room on a screen."""
    if character.isascii():
        return not character.isprintable()
    return unicodedata.category(character) in _INVISIBLE or ord(character) in _IGNORABLE


def _addr_spec(text: str) -> str:
    """The address without display name, comments, quotes, and white space around its parts. Raises ValueError."""
    characters_kept: list[str] = []
    quoted, closed = False, False
    characters = iter(_without_comments(text))
    for character in characters:
        if character == "\\" and quoted:
            characters_kept.append(next(characters, ""))
        elif character == '"':
            quoted = not quoted
        elif quoted or character not in "<>":
            characters_kept.append(character)
        elif character == "<":
            characters_kept = []
        else:
            closed = True
            break
    if quoted or (closed and "".join(characters).strip()):
        raise ValueError("has more than one address, or a quote that is not closed")
    bare = " ".join("".join(characters_kept).split())
    for sign in "@.":
        bare = bare.replace(f" {sign}", sign).replace(f"{sign} ", sign)
    return bare


def _without_comments(text: str) -> str:
    """The text without its (nested) comments. Raises ValueError for a comment that is not closed."""
    parts: list[str] = []
    depth, quoted = 0, False
    characters = iter(text)
    for character in characters:
        whole = character + next(characters, "") if character == "\\" else character
        quoted ^= character == '"' and not depth
        depth += 0 if quoted else (character == "(") - (character == ")")
        if depth < 0:
            break
        if not depth and (quoted or character != ")"):
            parts.append(whole)
    if depth:
        raise ValueError("has a comment that is not closed")
    return "".join(parts)


Email = Annotated[
    str,
    StringConstraints(max_length=320),
    AfterValidator(lambda text: parse(text).address),
    Field(
        json_schema_extra={"format": "email"},
        description="One mail address. A display name, comments, quotes and `mailto:` are removed, letters become "
        "lower case, Unicode is normalised (NFKC, IDN); invisible characters are refused.",
    ),
]
Domain = Annotated[
    str,
    StringConstraints(max_length=253),
    AfterValidator(lambda text: parse_domain(text).domain),
    Field(json_schema_extra={"format": "hostname"}, description="A domain name, also in another script or punycode."),
]
