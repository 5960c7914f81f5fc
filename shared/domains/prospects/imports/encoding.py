"""From bytes to text: Unicode in any form, else the eight-bit character set in which the words make sense."""

import codecs
import re
import unicodedata

from shared.errors import Invalid

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# What spreadsheets of Europe write, and the letters of the languages that do; a short text says too little for
# statistics. The later ones are chosen only where they make clearly more sense.
_WEST = "äöüßéèêëàâáãåçñíîïìóôõòøúûùýÿæœšžð"
_EAST = "ąćęłńóśźżáčďéěíňřšťúůýžőűăşţđäöüßëç"
_ALPHABETS = {"cp1252": _WEST, "mac_roman": _WEST, "cp850": _WEST, "cp1250": _EAST}
_LETTERS = {name: frozenset(letters + letters.upper()) for name, letters in _ALPHABETS.items()}
_RARE = frozenset("šžýÿðŠŽÝÐŸ")  # in the West
_MARGIN = 0.15
_SENSE = 0.25
_OTHERS = ("cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "shift_jis", "euc_jp", "gb18030", "big5", "euc_kr")
_NAMEABLE = frozenset(
    codecs.lookup(name).name
    for name in (*_ALPHABETS, *_OTHERS, "utf-8", "utf-16", "latin-1", "iso8859-2", "iso8859-9", "iso8859-15", "koi8-r")
)
_BESIDE_LETTERS = frozenset(["Pi", "Pf", "Pd"])  # curly apostrophes, dashes
_SAMPLE = 200_000  # bytes, from the first that is not ASCII


def decode(content: bytes, encoding: str | None = None) -> tuple[str, str]:
    """The text and the name of its encoding: the one that is given, or the one it is most likely in.

    In a text that is UTF-8 but for some bytes, those stay as lone surrogates and spoil only their cells. Raises
    Invalid for an unknown encoding.
    """
    if encoding:
        return _strip(content.decode(_known(encoding), errors="replace")), encoding
    for bom, name in _BOMS:
        if content.startswith(bom):
            errors = "surrogateescape" if name == "utf-8" else "replace"
            return _strip(content.decode(name, errors)), name
    if content[1:4:2] == b"\0\0" or content[0:3:2] == b"\0\0":  # a table begins with plain letters
        name = "utf-16-be" if content[:1] == b"\0" else "utf-16-le"
        return _strip(content.decode(name, errors="replace")), name
    text = content.decode("utf-8", errors="surrogateescape")
    broken = len(re.findall("[\udc80-\udcff]+", text))
    if not broken or broken <= len(re.findall("[\u0080-\ud7ff\ue000-\U0010ffff]+", text)):
        return _strip(text), "utf-8"
    name = _eight_bit(content)
    return _strip(content.decode(name, errors="replace")), name


def _strip(text: str) -> str:
    """Without marks of byte order, of which some programs write two, and with NUL made visible."""
    return text.lstrip("\ufeff").replace("\0", "\ufffd")


def _known(encoding: str) -> str:
    try:
        name = codecs.lookup(encoding).name
    except (LookupError, ValueError):
        name = ""
    if name not in _NAMEABLE:
        raise Invalid.at("encoding", "unknown; use a name such as utf-8, windows-1252, macintosh or windows-1250")
    return name


def _eight_bit(content: bytes) -> str:
    first = next(place for place, byte in enumerate(content) if byte > 127)
    sample = content[max(0, first - 100) : first + _SAMPLE]
    doubts = {name: _doubt(sample.decode(name, errors="replace"), letters) for name, letters in _LETTERS.items()}
    usual = "mac_roman" if b"\r" in sample and b"\n" not in sample else "cp1252"
    best = min(doubts, key=lambda name: doubts[name] - (_MARGIN if name == usual else 0))
    if doubts[best] < _SENSE:
        return best
    from charset_normalizer import from_bytes

    guess = from_bytes(sample, cp_isolation=list(_OTHERS)).best()
    return guess.encoding if guess else best


def _doubt(text: str, letters: frozenset[str]) -> float:
    """How odd the characters beyond ASCII are where they stand, on average: 0 in words of these letters, else 1."""
    marks = [at.start() for at in re.finditer(r"[^\x00-\x7f]", text)]
    odd = sum(_oddity(text[max(0, at - 1) : at], text[at], text[at + 1 : at + 2], letters) for at in marks)
    return odd / len(marks) if marks else 0.0


def _oddity(before: str, character: str, after: str, letters: frozenset[str]) -> float:
    """Of one character between two others."""
    crowded = before > "\x7f" and after > "\x7f"  # words of other scripts have nothing else
    if character in letters:
        capital_within = character.isupper() and before.isalpha() and (before.islower() or after.islower())
        rare = character in _RARE and letters is _LETTERS["cp1252"]
        return 1.0 if capital_within or crowded else 0.2 if rare else 0.0
    if character == "\ufffd":  # a byte that the set does not have
        return 3.0
    kind = unicodedata.category(character)
    if "\u2500" <= character < "\u25a0" or kind[0] not in "PSZN":  # parts of boxes, letters of other scripts
        return 0.1 if character in "ªº" else 1.0
    if kind in _BESIDE_LETTERS:
        return 0.6 if crowded else 0.1
    return 0.6 if crowded or (before.isalpha() and after.isalpha()) or (kind == "Sc" and after.isalpha()) else 0.1
