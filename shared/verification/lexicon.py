"""Words by what they do to a statement: those that mean the same, those that turn it, those that carry nothing."""

from shared.kit.terms import stem
from shared.kit.word_table import table


def _rows(text: str) -> list[list[str]]:
    return [line.split() for line in text.strip().splitlines()]


# Irregular verbs: the base form, then its past forms.
_IRREGULAR = """
sell sold
buy bought
grow grew grown
rise rose risen
fall fell fallen
slide slid
sink sank sunk
shrink shrank shrunk
win won
lose lost
hold held
lead led
pay paid
say said
tell told
make made
take took taken
give gave given
begin began begun
become became
build built
bring brought
find found
found founded
get got gotten
go went gone
keep kept
know knew known
leave left
mean meant
meet met
run ran
see saw seen
send sent
show showed shown
speak spoke spoken
spend spent
stand stood
teach taught
think thought
understand understood
write wrote written
draw drew drawn
drive drove driven
choose chose chosen
break broke broken
catch caught
fly flew flown
feel felt
fight fought
"""
# Each row has one meaning, whatever figure or name stands beside it; a phrase joins its words with an underscore.
_SAME = """
ceo chief_executive_officer chief_executive
cfo chief_financial_officer chief_finance_officer
cto chief_technology_officer
coo chief_operating_officer
vp vice_president
percent per_cent
kilogram kilogramme kg
gram gramme g
kilometre kilometer km
metre meter
tonne ton
dollar usd
euro eur
rise climb
fall drop decrease
buy acquire purchase
start begin
also additionally
about approximately roughly around
nearly almost
january jan
february feb
march mar
april apr
june jun
july jul
august aug
september sept sep
october oct
november nov
december dec
monday mon
tuesday tue
wednesday wed
thursday thu
friday fri
"""
# What a statement may neither lose nor gain: who did it to whom, whether, when, how much, on whose word.
_TURNING = """
no not never none nobody nothing neither nor cannot without hardly scarcely barely rarely seldom lack fail unable refuse
deny reject decline cancel abandon scrap avoid prevent stop halt dismiss oppose block withdraw
may might could would should will shall must can likely unlikely possibly perhaps probably potentially reportedly
allegedly apparently expect plan propose intend aim hope want consider seek try attempt aspire project forecast predict
estimate believe claim suggest rumour rumor allege accuse suspect promise threaten pend tentative provisional
if unless whether provided assuming subject until once except only just merely alone even
by for against before after since during within between above below over under more less fewer most least at_least
at_most up_to than up down out off into from through toward versus despite instead rather than
all every each any some many few several both half third quarter double twice triple part
first last next previous former current new latest same other another second
former ex acting interim deputy assistant vice co fake would-be so-called
nearly about
if when while because due although though but however
i me my we us our you your he him his she her they them their it its who whom whose
this that these those here there today yesterday tomorrow now ago later then yet still already again
"""
# Carries nothing of its own where everything else is the same.
_LIGHT = """
a an the of in on at to and as with be been being am has have having had do does did
which who that there own very according
"""
_CONDITIONS = (
    "if unless provided except assuming pending allegedly reportedly supposedly subject once until when whether"
)
_REPORTING = """
say tell claim report argue believe think allege insist warn suggest write note add explain state announce hope fear
expect predict estimate according deny call
"""  # whose word something is: a statement that leaves it out is another

_UNDOING = """
except excluding unless overturn annul quash revoke repeal rescind reverse cancel withdraw abandon scrap suspend
"""  # leaves out a part of what is said, or says that it holds no more

LIGHT = frozenset(_LIGHT.split())
PRONOUNS = table("it its he him his she hers her they them their theirs this these those")
TURNING = frozenset(stem(word) for word in _TURNING.split()) - {stem(word) for word in PRONOUNS | LIGHT}
CONDITIONS = frozenset(stem(word) for word in _CONDITIONS.split())
UNDOING = frozenset(stem(word) for word in _UNDOING.split())
ASSERTING = table("because since while whereas although though but and so as after")  # of its clause
REPORTING = frozenset(stem(word) for word in _REPORTING.split())
BE = {"is": "is", "are": "is", "was": "was", "were": "was"}
PASSIVE_AFTER = table("is are was were be been being am get gets got")
REFERENTS = table(
    "company firm group business district school university agency team organisation organization vendor maker "
    "startup manufacturer"
)
PAST: dict[str, str] = {past: base for base, *pasts in _rows(_IRREGULAR) for past in pasts}
SAME: dict[str, str] = {stem(other): stem(row[0]) for row in _rows(_SAME) for other in row if "_" not in other}
PHRASES: dict[tuple[str, ...], str] = {
    tuple(other.split("_")): stem(row[0].replace("_", "")) for row in _rows(_SAME) for other in row if "_" in other
}
