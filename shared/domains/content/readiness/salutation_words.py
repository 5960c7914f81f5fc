"""Greetings and general forms of address in a dozen languages, for parsing salutations."""

from shared.kit.word_table import table

_WITHOUT_NAME = """
hi|hello|hey|hiya|howdy|greetings|welcome|good morning|good afternoon|good evening|good day|morning
hallo|guten tag|guten morgen|guten abend|moin|moin moin|servus|grüß gott|grüezi|grüß dich|hej|hejsan|god dag
bonjour|bonsoir|salut|coucou|hola|buenos días|buenos dias|buenas tardes|buenas|ciao|salve|buongiorno|buonasera
olá|ola|oi|bom dia|boa tarde|boa noite|dag|goedemorgen|goedendag|goedemiddag|hoi|cześć|dzień dobry|witam|ahoj|dobrý den
здравствуйте|привет|добрый день|merhaba|selam
"""
_WITH_NAME = """
dear|my dear|liebe|lieber|liebes|liebe frau|lieber herr|sehr geehrte|sehr geehrter|sehr geehrtes
sehr verehrte|sehr verehrter|geehrte|geehrter|werte|werter|cher|chère|chers|chères
estimado|estimada|estimados|estimadas|querido|querida|gentile|gentili|egregio|egregia|caro|cara|cari
prezado|prezada|prezados|caros|beste|geachte|lieve|kära|käre|kære|kjære|bästa|szanowny|szanowna|drogi|droga
vážený|vážená|уважаемый|уважаемая|дорогой|дорогая|kedves|tisztelt|sayın|sevgili
"""
# Each greeting, and whether it requires a name after it.
GREETINGS = {
    phrase: required
    for phrases, required in ((_WITHOUT_NAME, False), (_WITH_NAME, True))
    for phrase in phrases.strip().replace("\n", "|").split("|")
}
# French puts a space before an exclamation mark.
FRENCH = ("bonjour", "bonsoir", "salut", "coucou", "cher", "chère", "chers", "chères")
# General forms of address: they greet the recipient without a name.
ANYBODY = table(
    """
    there all team everyone everybody folks friend friends guys colleague colleagues sir sirs madam ma'am maam
    hiring manager managers customer customers client clients partner partners reader readers subscriber
    subscribers member members neighbor neighbour neighbors world again both y'all ladies gentlemen founder
    founders fellow stranger buddy mate mates editor editors doctor professor recruiter recruiters director owner
    president committee admissions board chair author coach teacher teachers parents students investor investors
    community crew staff gang people human humans just hope thanks thank sorry happy merry quick season's monday
    tuesday wednesday thursday friday user users student candidate applicant applicants supporter supporters
    volunteer volunteers from to and my zusammen alle allen leute welt damen herren kollegen kolleginnen kollege
    kollegin kunde kunden kundin kundinnen freunde freund freundin freundinnen interessent interessenten
    interessentin leser leserin mitglieder mitglied grüße gemeinde runde nachbarn eltern gäste bewerber bewerberin
    personalabteilung geschäftsführung redaktion doktor an tous toutes équipe madame monsieur messieurs mesdames
    collègue collègues client clients cliente ami amis amie à todos todas equipo señor señora señores señoras
    amigo amigos amiga compañeros compañeras colegas cliente clientes tutti tutte squadra signore signora signori
    colleghi collega amici clienti a equipe pessoal senhor senhora senhores senhoras amigos turma allemaal
    iedereen heer mevrouw heren collega's klant klanten lezer vrienden heer/mevrouw alla allihopa kollegor vänner
    venner kolleger państwo panie panowie wszyscy zespół коллеги коллега друзья друг клиент клиенты господа
    """
)
CONJUNCTIONS = table("and & + und et y e i en og och и")
