"""Stems: what the forms of a word have in common in its language (Snowball). Not for people to read."""

import re
import threading
from functools import lru_cache

import Stemmer

from shared.kit.patterns import lazy_pattern
from shared.search.text.folding import as_written, fold

# ISO 639-1 code (639-2 where there is none) of each language that Snowball has -> its name there.
STEMMERS = {
    "ar": "arabic", "hy": "armenian", "eu": "basque", "ca": "catalan", "cs": "czech", "da": "danish", "nl": "dutch",
    "en": "english", "eo": "esperanto", "et": "estonian", "fi": "finnish", "fr": "french", "de": "german",
    "el": "greek", "hi": "hindi", "hu": "hungarian", "id": "indonesian", "ga": "irish", "it": "italian",
    "lt": "lithuanian", "ne": "nepali", "no": "norwegian", "fa": "persian", "pl": "polish", "pt": "portuguese",
    "ro": "romanian", "ru": "russian", "sr": "serbian", "st": "sesotho", "es": "spanish", "sv": "swedish",
    "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip
# A word in another script than its text's language is written in has the stem of its script's own language.
_SCRIPTS: tuple[tuple[re.Pattern[str], str, frozenset[str]], ...] = (
    (lazy_pattern("[a-z\u00df-\u024f\u1e00-\u1eff]"), "en", frozenset()),
    (lazy_pattern("[\u0400-\u052f]"), "ru", frozenset(["ru", "sr"])),
    (lazy_pattern("[\u0370-\u03ff\u1f00-\u1fff]"), "el", frozenset(["el"])),
    (lazy_pattern("[\u0600-\u06ff]"), "ar", frozenset(["ar", "fa"])),
    (lazy_pattern("[\u0900-\u097f]"), "hi", frozenset(["hi", "ne"])),
    (lazy_pattern("[\u0530-\u058f]"), "hy", frozenset(["hy"])),
    (lazy_pattern("[\u0b80-\u0bff]"), "ta", frozenset(["ta"])),
    (lazy_pattern("[\u0590-\u05ff]"), "", frozenset(["yi"])),
)
_NOT_LATIN = frozenset[str]().union(*(languages for _, _, languages in _SCRIPTS)) - {"sr"}
# Endings that are often typed without their accents, and that a stemmer knows only with them.
_ACCENTED = {
    "pt": (("coes", "ções"), ("cao", "ção"), ("soes", "sões"), ("sao", "são")),
    "es": (("cion", "ción"), ("sion", "sión")),
}
_UNSTEMMED = lazy_pattern(r"[\d@.+#]|^[\W_]+$")
_per_thread = threading.local()  # a stemmer is not thread-safe


def _stemmer(language: str) -> "Stemmer.Stemmer":
    stemmers = _per_thread.__dict__
    if language not in stemmers:
        stemmers[language] = Stemmer.Stemmer(STEMMERS[language], 0)  # without its own cache: `stem` has one
    return stemmers[language]


def _language_for(word: str, language: str) -> str:
    """The language whose stemmer reads the word's script; empty if there is none."""
    for pattern, usual, languages in _SCRIPTS:
        if pattern.search(word):
            reads = language not in _NOT_LATIN if usual == "en" else language in languages
            return language if language and reads else usual
    return ""


@lru_cache(maxsize=20_000)
def stem(word: str, language: str) -> str:
    """The folded stem of a word, with its diacritics if it has some; `language` may be empty for an unknown one.

    A word with digits or signs is its own stem. Raises KeyError for a language that is none of STEMMERS.
    """
    if not word.isalpha() and _UNSTEMMED.search(word):
        return fold(word)
    written = as_written(word, language)
    language = _language_for(written, language)
    if not language:
        return fold(word)
    for bare, accented in _ACCENTED.get(language, ()):
        if written.endswith(bare):
            written = written[: -len(bare)] + accented
            break
    return fold(_stemmer(language).stemWord(written)) or fold(word)
