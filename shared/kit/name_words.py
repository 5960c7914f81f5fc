"""Words of personal names and of what stands in their place: titles, firms, mailboxes, short forms."""

from shared.kit.word_table import table

TITLES = table(
    """
    dr dres drs prof professor doctor mr mrs ms mx miss sir dame lord lady rev reverend fr father sr sra srta
    señor señora don doña herr frau hr fru herrn m mme mlle monsieur madame mademoiselle ing dipl dipl-ing mag
    dott dottssa dottore sig sigra signor signora eng arch avv capt captain col gen lt maj sgt hon mevr mevrouw
    dhr pan pani
    """
)
SUFFIXES = table(
    """
    jr sr ii iii iv phd dphil md dds dvm esq mba msc bsc ma ba bs ms llm llb jd cpa cfa cissp pmp rn pe dipl mph
    mpa edd frcs obe mbe cbe ret usa
    """
)
FIRMS = table(
    """
    inc incorporated ltd limited llc llp gmbh ag kg ug ohg gbr mbh plc corp corporation co company sa sarl sas srl
    spa bv nv ab as oy oyj kft sro zoo pty holding holdings group verein ev university school institute foundation
    association consulting solutions services technologies software systems bank hotel
    """
)
ROLES = table(
    """
    info information sales support office contact kontakt admin administrator hello team marketing billing
    accounts account accounting payable receivable finance hr jobs careers recruiting press media help helpdesk
    service services kundenservice vertrieb buchhaltung einkauf verkauf zentrale sekretariat reception webmaster
    postmaster noreply no-reply mail email newsletter orders customer customers department dept desk general
    enquiries inquiries the our management people operations test unknown
    """
)
NO_VALUES = table("null undefined none nil nan n/a n.a. na #n/a tbd ??? (null) [null] <null> - -- – — . _ ?")
PARTICLES = table("von van de der den del della di da dos du la le ter ten zu zum al el bin ibn")
_SHORT_FORMS = """
alexander alexandra alexandre alejandro aleksandr alex sasha sascha sandra lex xander
andrew andreas andrea andrey andy drew
anthony antonio anton antonia tony toni
barbara barb babs
benjamin ben benny
catherine katherine kathryn katharina ekaterina kate katie kathy cathy kat katja katya
charles charlotte charlie chuck chaz lotte
christopher christian christina christine kristina chris tina kit christie
daniel daniela danielle dan danny dani
david dave davy
deborah deb debbie
dmitry dmitri dimitri dima
donald don donnie
edward eduardo edgar ed eddie ted teddy ned
elizabeth elisabeth liz lizzie beth betty eliza lisa elsa libby bess
eugene evgeny gene zhenya
francis frances francisco francesco frank franz fran pancho paco frankie
frederick friedrich frederic fred fritz freddie
gregory greg gregor
harold henry harry hank hal heinrich heinz
isabella isabel isabelle bella izzy
jacob james jim jimmy jake jamie jacques jakob
jennifer jen jenny
jessica jess jessie
john jonathan johannes johann jack johnny jon hans juan giovanni jean ian sean ivan jan
joseph josef jose giuseppe joe joey pepe sepp beppe
joshua josh
kenneth ken kenny
lawrence laurence larry lars
leonard leonardo leo len lenny
margaret margarete margarita maggie meg peggy greta rita gretchen
matthew matthias matteo matt matty
michael michel miguel michele mikhail mike mick mickey misha
nicholas nikolaus nicolas nikolai nick nico klaus niko
pamela pam
patrick patricia pat patty paddy trish tricia
peter pedro pietro pierre pete petra piotr
philip philipp felipe phil
rebecca becky becca
richard ricardo riccardo rick dick rich ricky richie
robert roberto bob rob bobby robbie robin bert
ronald ron ronnie
samuel samantha sam sammy
stephen steven stefan stephan stephanie esteban steve steph stevie
susan suzanne susanne sue susie suzy
theodore theodor ted theo teddy
theresa teresa terry tess tessa
thomas tom tommy tomas
timothy tim timmy
victoria vicky tori
vladimir vova volodya vlad
walter walt wally
william wilhelm guillermo guillaume bill will billy willie liam willy
zachary zach zack
"""

# Each name's line numbers in the table: two names on one line may be the same person's.
NICKNAMED: dict[str, set[int]] = {}
for _number, _line in enumerate(_SHORT_FORMS.split("\n")):
    for _name in _line.split():
        NICKNAMED.setdefault(_name, set()).add(_number)
