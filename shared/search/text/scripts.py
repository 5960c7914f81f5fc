"""Which characters belong to a word, and which writings put no spaces between words."""

import re
import unicodedata

from shared.kit.patterns import lazy_pattern

# Marks that stand on or beside the letter before them, and what joins letters without being seen: parts of a word,
# which `\w` leaves out. In the scripts of South and South East Asia the vowels are such marks: whole blocks are named.
MARKS = (
    "\u00ad\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f"
    "\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u0711\u0730-\u074a\u07a6-\u07b0\u07eb-\u07f3\u0816-\u082d"
    "\u0859-\u085b\u08d3-\u08e1\u08e3-\u0963\u0971-\u0df3\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece"
    "\u0f35\u0f37\u0f39\u0f71-\u0f84\u0f86-\u0f87\u0f8d-\u0fbc\u102b-\u103e\u1056-\u1059\u105e-\u1060\u1062-\u1064"
    "\u1067-\u106d\u1071-\u1074\u1082-\u108d\u135d-\u135f\u17b4-\u17d3\u17dd\u180b-\u180d\u18a9\u1920-\u193b\u1a17-\u1a1b"
    "\u1a55-\u1a7f\u1ab0-\u1b04\u1b34-\u1b44\u1b6b-\u1b73\u1ba1-\u1bad\u1dc0-\u1dff\u200c\u200d\u2060\u20d0-\u20f0"
    "\u302a-\u302f\u3099\u309a\ua66f-\ua672\ua674-\ua67d\ua69e\ua69f\ua8e0-\ua8f1\ufe00-\ufe0f\ufe20-\ufe2f\ufeff"
)
# Written without spaces: a word begins anywhere. Chinese, Japanese, Korean (whose particles cling to the nouns), Thai,
# Lao, Burmese, Khmer.
SPACELESS = (
    "\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ece\u1000-\u1049\u1780-\u17d3\u1100-\u11ff\u3005-\u3007\u3021-\u3029\u3031-\u3035"
    "\u3041-\u3096\u3099\u309a\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3105-\u312f\u3131-\u318e\u31f0-\u31ff\u3400-\u4dbf"
    "\u4e00-\u9fff\ua960-\ua97c\uac00-\ud7a3\ud7b0-\ud7fb\uf900-\ufaff\uff66-\uff9f\U0001b000-\U0001b16f"
    "\U00020000-\U0003ffff"
)
# A character of them with the marks on it, and a syllable of Hangul that is written in its letters.
CLUSTER = lazy_pattern(
    "[\u1100-\u115f]{1,3}[\u1160-\u11a7]{0,3}[\u11a8-\u11ff]{0,3}"
    "|.[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece\u102b-\u103e\u17b4-\u17d3\u3099\u309a\uff9e\uff9f]*",
    re.DOTALL,
)
_SPACELESS_RUN = lazy_pattern(f"[{SPACELESS}]")


def is_spaceless(text: str) -> bool:
    """Whether some of the text is in a writing without spaces."""
    return _SPACELESS_RUN.search(text) is not None


def is_mark(character: str) -> bool:
    """Whether a character belongs to the one before it, so that no text may be cut between the two."""
    return not character.isascii() and (
        unicodedata.category(character)[0] == "M"
        or character in "\u200c\u200d\uff9e\uff9f"
        or "\U0001f3fb" <= character <= "\U0001f3ff"
        or "\U000e0020" <= character <= "\U000e007f"
    )
