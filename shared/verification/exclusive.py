"""Words of which one excludes another, and words that limit what is said: as keys of units."""

from shared.kit.terms import stem
from shared.kit.word_table import table
from shared.verification import lexicon

# A line has kinds of words between bars: where a passage has one kind, a statement with another alone says otherwise.
_EXCLUSIVE = """
rise increase grow climb up higher gain improve jump surge soar double triple raise
+ fall decline shrink down lower slide sink slump plunge reduce cut worsen halve lose
accept approve agree allow permit uphold favour favor | reject refuse deny dismiss oppose block overturn veto against
open launch start begin | close shut end stop finish
hire recruit appoint | fire sack
win | lose
pass | fail
join | leave quit resign
revenue turnover | profit earn | loss | cost expense | debt
gross | net | operating
ceo | cfo | cto | coo | chairman chairwoman chair
january | february | march | april | may | june | july | august | september | october | november | december
monday | tuesday | wednesday | thursday | friday | saturday | sunday
spring | summer | autumn | winter
largest biggest | smallest | oldest | newest youngest | fastest | slowest | cheapest
minimum | maximum
before | after
ahead | behind
include | except exclude
like | unlike
more | less fewer
north northern | south southern | east eastern | west western
annual yearly | monthly | weekly | daily | quarterly
import | export
public | private
"""
_MEASURES = """
dollar | euro | pound | yen
percent | point
minute | hour | day | week | month | quarter | year | decade
gram | kilogram | tonne | pound
metre | kilometre | mile | foot | inch
january | february | march | april | may | june | july | august | september | october | november | december
"""


def _key(word: str) -> str:
    """The key that a unit of that word has."""
    base = stem(lexicon.PAST.get(word, word))
    return lexicon.SAME.get(base, base)


def _keys(words: str) -> frozenset[str]:
    return frozenset(_key(word) for word in words.split())


EXCLUSIVE: list[list[frozenset[str]]] = [
    [_keys(kind) for kind in line.split("|")] for line in _EXCLUSIVE.replace("\n+", " |").strip().splitlines()
]
MEASURES = frozenset(
    name for line in _MEASURES.strip().splitlines() for kind in line.split("|") for name in _keys(kind)
)
DENIALS = _keys("not no never none without nobody nothing neither nor refuse deny fail unable lack")
PREVENTING = _keys("rule avoid prevent stop oppose reject block cancel abandon halt dismiss withdraw unlikely ban")
WHOLE: list[frozenset[str]] = [_keys("all every each"), _keys("only sole"), _keys("always"), _keys("most majority")]
PARTS = _keys("some few half part most partly partially majority minority portion")
HEDGES = _keys(
    "plan intend intention hope aim propose proposal consider want seek try expect could may might would should likely "
    "possibly perhaps probably reportedly allegedly potentially forecast predict project estimate target schedule due "
    "set slate possible chance guidance outlook risk bid attempt offer"
)
FRACTIONS = _keys("half third quarter double twice triple")
HEDGING = HEDGES - _keys("due set schedule slate chance risk possible offer target project guidance outlook")
UPPER, LOWER = table("under below fewer less most upto"), table("over above more least exceeding")
TIMES = table("this next last previous")
PERIODS = _keys("year quarter month week term season")
