"""Folds words, so that spellings that a user takes for equal are: case, diacritics, widths, ligatures, digits.

`nunez` is Núñez, `strasse` Straße, `istanbul` İstanbul; but й and и, か and が are different letters.
"""

import unicodedata

# Letters of the Latin script that Unicode does not take apart, as people write them without the key.
_LETTERS = {
    "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "ł": "l", "ŋ": "n", "þ": "th", "ŧ": "t",
    "ə": "e", "ɓ": "b", "ɗ": "d", "ƙ": "k", "ŀ": "l", "ĸ": "k",
}  # fmt: skip
_OTHERS = {
    **{"ё": "е", "ѐ": "е", "ѝ": "и"},
    # Arabic: forms of alif, and letters that Persian keyboards and Arabic ones send differently.
    **{"آ": "ا", "أ": "ا", "إ": "ا", "ٱ": "ا", "ى": "ي", "ی": "ي", "ې": "ي", "ک": "ك", "ة": "ه", "ۀ": "ه", "ؤ": "و"},
    **{"ئ": "ي", "\u0640": ""},
}
_DROPPED_MARKS = (
    (0x0300, 0x036F), (0x0483, 0x0489), (0x0591, 0x05C7), (0x0610, 0x061A), (0x064B, 0x065F), (0x06D6, 0x06ED),
    (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x20D0, 0x20F0), (0xFE00, 0xFE0F), (0xFE20, 0xFE2F), (0xE0100, 0xE01EF),
)  # fmt: skip
_UNSEEN = frozenset("\u00ad\u034f\u0670\u180b\u180c\u180d\u200b\u200c\u200d\u2060\ufeff")


def _without_marks(character: str) -> str:
    """A character as it is folded, after NFKC and casefold."""
    if character in _UNSEEN or any(first <= ord(character) <= last for first, last in _DROPPED_MARKS):
        return ""
    if (special := _LETTERS.get(character, _OTHERS.get(character))) is not None:
        return special
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    decomposed = unicodedata.normalize("NFD", character)
    if len(decomposed) == 1 or not decomposed[0].isalpha() or "\u0400" <= decomposed[0] <= "\u052f":
        return character
    base = decomposed[0]
    if base < "\u0590" or "\u0600" <= base <= "\u06ff":  # Latin, Greek, Arabic
        return _without_marks(base)
    return character


class _Table(dict[int, str]):
    """What each character becomes, worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        folded = _without_marks(chr(code))
        if len(self) < 5_000:
            self[code] = folded
        return folded


_TABLE = _Table()


def fold(text: str) -> str:
    """The text as equal spellings have it in common. Folding twice changes nothing."""
    if text.isascii():
        return text.lower()
    composed = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return unicodedata.normalize("NFC", composed.translate(_TABLE))


def as_written(word: str, language: str = "") -> str:
    """The word in lower case with its diacritics, as a stemmer of its language needs it."""
    if word.isascii() and language != "tr":
        return word.lower()
    if language == "tr":
        word = word.replace("I", "ı").replace("İ", "i")
    composed = unicodedata.normalize("NFKC", word).lower().replace("i\u0307", "i")
    return "".join(character for character in composed if character not in _UNSEEN)
