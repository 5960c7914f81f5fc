"""Tells the language of a text by its script and its frequent words: cheaply, and always alike."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from functools import cache

from shared.kit.patterns import lazy_pattern
from shared.kit.terms import COMMON_WORDS
from shared.search.text.common_words import OTHERS, WORDS
from shared.search.text.folding import fold
from shared.search.text.scripts import MARKS

_SAMPLE = 1_500  # characters from the beginning, and a third of that from the middle
_WORD = lazy_pattern(f"[\\w{MARKS}]+")
# Writings without stems; a text that is mostly in one has no language here.
_UNSTEMMED = lazy_pattern("[\u0e00-\u0eff\u1000-\u11ff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
# Letters of languages that few others write: each occurrence counts, at most a few times.
_LETTERS = {
    "ar": "ةي", "bg": "ъ", "ca": "çèò", "cs": "éďěřšťů", "da": "åæø", "de": "ßäöü", "eo": "ĉĝĵŝŭ", "es": "¡¿éñ",
    "et": "äõöüš", "eu": "ñ", "fa": "پچژکگی", "fi": "äö", "fr": "çèéêùœ", "hu": "éöüőű", "is": "æðþ",
    "it": "èìòù", "lt": "ąėęįšūų", "lv": "āēīšū", "nl": "ë", "no": "åæø", "pl": "ąćęłśż", "pt": "ãçêõ",
    "ro": "ășț", "ru": "ъыэё", "sk": "ďĺľŕšť", "sl": "š", "sq": "çë", "sr": "ćđšђјљњћџ", "sv": "äåö",
    "tr": "çöüğış", "uk": "єіїґ", "vi": "ãêõăđơư", "yi": "װױײ",
}  # fmt: skip
# Scripts that one language alone has.
_SCRIPTS = {
    "el": lazy_pattern("[\u0370-\u03ff]{2}"),
    "hy": lazy_pattern("[\u0530-\u058f]{2}"),
    "ta": lazy_pattern("[\u0b80-\u0bff]{2}"),
}
_LETTERS_ALONE = frozenset("bcdfghjklmnpqrstvwxz")  # an initial, or what an apostrophe cut off
_ENOUGH = 0.6  # of evidence: one word that one language alone has, or several that two or three share


@cache
def _languages_of_letters() -> dict[str, list[str]]:
    letters = {letter for letters in _LETTERS.values() for letter in letters}
    return {letter: [code for code, own in _LETTERS.items() if letter in own] for letter in letters}


@cache
def _words() -> dict[str, tuple[tuple[str, float], ...]]:
    """Each frequent word, with the languages that have it, and what it says for each: less, the more they are."""
    lists = {code: words.split() for code, words in (WORDS | OTHERS).items()} | {"en": [*COMMON_WORDS]}
    having: dict[str, list[str]] = {}
    for code, words in lists.items():
        for word in dict.fromkeys(words):
            if word in _LETTERS_ALONE:
                continue
            having.setdefault(word, []).append(code)
    return {
        word: tuple((code, (0.5 if len(word) == 1 else 1.0) / len(codes)) for code in codes)
        for word, codes in having.items()
    }


@cache
def _folded(language: str) -> frozenset[str]:
    if language == "en":
        return COMMON_WORDS
    return frozenset(map(fold, WORDS.get(language, "").split()))


def is_common(word: str, language: str = "") -> bool:
    """Whether a folded word is one of those that nearly each text of the language has: of English, if it is empty."""
    return word in _folded(language or "en")


def language_of(text: str) -> str:
    """The code (ISO 639) of the language that a text is most likely in, of those with a stemmer; empty if none is.

    It reads a sample of the text. A text without a frequent word, such as a name, has no language.
    """
    middle = len(text) // 2
    sample = text[:_SAMPLE] if len(text) <= 2 * _SAMPLE else f"{text[:_SAMPLE]} {text[middle : middle + _SAMPLE // 3]}"
    sample = sample.lower()
    if not sample.isascii() and 2 * len(_UNSTEMMED.findall(sample)) > sum(map(len, _WORD.findall(sample))):
        return ""
    evidence: defaultdict[str, float] = defaultdict(float)
    known_words = _words()
    for word, times in Counter(_WORD.findall(sample)).items():
        for code, weight in known_words.get(word, ()):
            evidence[code] += weight * min(times, 5)
    if not sample.isascii():
        by_letter = _languages_of_letters()
        for letter, times in Counter(sample).items():
            codes = by_letter.get(letter, ())
            for code in codes:
                evidence[code] += 0.6 / len(codes) * min(times, 3)
        for code, script in _SCRIPTS.items():
            evidence[code] += 0.3 * min(len(script.findall(sample)), 10)
    return _most_likely(evidence)


def _most_likely(evidence: Mapping[str, float]) -> str:
    if not evidence:
        return ""
    code, weight = min(evidence.items(), key=lambda item: (-item[1], item[0]))
    return code if weight >= _ENOUGH and code in WORDS else ""
