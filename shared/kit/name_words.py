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
FIRMS = table(
    """
    inc incorporated ltd limited llc llp gmbh ag kg ug ohg gbr mbh plc corp corporation co company sa sarl sas srl
    spa bv nv ab as oy oyj kft sro zoo pty holding holdings group verein ev university school institute foundation
    association consulting solutions services technologies software systems bank hotel sons bros brothers partners
    industries logistics enterprises gesellschaft verlag stiftung
    """
)
NAMES_TOO = table("sa as ab ag kg ug nv bv co ev spa sas bank hotel partners")  # firms' words that persons are called
ROLES = table(
    """
    info information sales support office contact kontakt admin administrator hello team marketing billing
    accounts account accounting payable receivable finance hr jobs careers recruiting press media help helpdesk
    service services kundenservice vertrieb buchhaltung einkauf verkauf zentrale sekretariat reception webmaster
    postmaster noreply no-reply mail email newsletter orders customer customers department dept desk general
    enquiries inquiries the our management people operations test unknown vacancy vacant hiring applicant
    """
)
# Words that are a person's only beside others: a name of these alone is a job's.
ROLES_AMONG_ROLES = ROLES | table(
    """
    ceo cto cfo coo cmo chief executive officer director managing manager head of vice president vp founder owner
    assistant secretary purchasing procurement engineering product project customer success whom it may concern to
    name first last full firstname lastname sir madam or and & position
    """
)
# The last words of what is called after a department: `Acme Support`.
DEPARTMENTS = table(
    """
    team department dept office support sales marketing billing accounting helpdesk desk reception vertrieb einkauf
    buchhaltung kundenservice verwaltung
    """
)
WITH_GIVEN_NAME = table("sir dame don doña fr father lord lady")  # titles that stand before a given name
_NO_VALUES = """
null|undefined|none|nil|nan|n/a|n.a|na|n.v|nv|k.a|k. a|#n/a|#ref!|#value!|#name?|#null!|tbd|tba|tbc|unknown|not known
no name|not available|not applicable|not provided|not specified|no value|no data|missing|empty|blank|unspecified
unbekannt|nicht bekannt|keine angabe|keine angaben|inconnu|inconnue|non renseigné|desconocido|desconocida|sin datos
sconosciuto
"""
NO_VALUES = frozenset(_NO_VALUES.strip().replace("\n", "|").split("|"))
PARTICLES = table("von van de der den del della di da dos du la le ter ten zu zum al el bin ibn")
# Family names that stand first where their bearers come from, without accents. Some are given names elsewhere, so a
# name that begins with one has no given name that is sure.
VIETNAMESE = table("nguyen tran pham huynh hoang phan vu vo dang bui ngo duong truong dinh")
FAMILY_FIRST = VIETNAMESE | table(
    """
    zhang wang li liu chen yang zhao huang zhou wu xu sun zhu ma hu guo lin he gao liang zheng luo song xie tang han
    cao deng feng peng zeng xiao tian dong pan yuan cai jiang yu du ye cheng wei su lu ding ren yao fang shi xi mao xia
    sato suzuki takahashi tanaka watanabe ito yamamoto nakamura kobayashi kato yoshida yamada sasaki yamaguchi
    matsumoto inoue kimura shimizu hayashi saito mori abe ikeda hashimoto ishikawa ogawa goto fujita okada
    choi jung kang cho yoon jang lim shin seo kwon hwang ahn bae
    nagy kovacs toth szabo horvath varga kiss molnar nemeth farkas balogh papp takacs juhasz lakatos meszaros olah
    racz szilagyi fekete orban fodor gal biro kocsis magyar hegedus deak bodnar halasz sipos boros antal
    """
)
# Family names, without accents, that are hardly ever given names: `Smith`, and `Müller Hans`.
FAMILY_NAMES = table(
    """
    smith johnson williams jones miller robinson wright adams baker
    roberts turner phillips evans edwards rogers cook richardson cox
    wood hughes myers sanders powell patterson simmons woods
    muller schmidt schneider fischer weber meyer wagner becker schulz hoffmann koch bauer richter klein schroder
    neumann schwarz zimmermann braun kruger hofmann hartmann lange schmitt krause meier lehmann schmid schulze maier
    kohler konig mayer huber kaiser fuchs peters scholz moller weiss hahn vogel keller berger winkler
    dubois durand leroy moreau lefebvre fournier girard bonnet dupont fontaine rousseau morin
    garcia gonzalez rodriguez fernandez lopez martinez sanchez perez gomez jimenez ruiz hernandez diaz moreno munoz
    alvarez gutierrez navarro torres dominguez vazquez ramos ramirez serrano
    rossi russo ferrari esposito bianchi ricci greco conti mancini costa giordano rizzo lombardi moretti
    """
)
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
