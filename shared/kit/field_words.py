"""Words that templates use for a field to fill in: they tell `[Your Name]` from `[sic]`, in several languages."""

import re

from shared.kit.patterns import lazy_pattern
from shared.kit.word_table import table

_NAMES = """
name firstname lastname surname fullname fname lname nickname salutation company companyname organization organisation
employer title jobtitle position role industry sector city location country email e-mail phone website link url date
time price amount number topic product service sender recipient prospect signature address placeholder
vorname nachname anrede firma firmenname unternehmen ansprechpartner telefon datum ort branche produkt thema
prénom prenom nom entreprise société societe poste ville secteur produit lien téléphone
nombre apellido apellidos empresa cargo puesto ciudad producto enlace teléfono correo
nome cognome azienda società ruolo città prodotto sobrenome cidade
naam voornaam achternaam bedrijf bedrijfsnaam functie
imię imie nazwisko stanowisko namn navn förnamn fornavn efternamn etternavn företag
имя фамилия компания должность adı soyadı isim soyad şirket
姓名 名字 您的姓名 公司 公司名称 职位 氏名 名前 お名前 会社名 御社名 貴社名
"""
_BESIDE = """
first last full middle job business contact client customer lead user account meeting calendar booking event call
specific recent mutual relevant common similar competitor competitors project achievement accomplishment connection
pain point points challenge problem goal benefit result results metric feature detail details example compliment
reason quote value proposition department region street zip postal code profile linkedin blog post article company's
"""
_JOINING = "of the a an and or to in for with from at their his her its here & / 's"
_OPENING = """
your my insert fill einfügen eintragen ihr ihre ihren ihrem ihrer dein deine deinen deinem mein meine
votre vos ton ta mon insérer tu su mi insertar vostro vostra tuo tua mio inserire seu sua meu minha inserir
uw jouw mijn invoegen twoje twój ditt din mitt вставьте ваше ваш ваша
"""
_ASKING = "add enter put choose select replace describe mention specify include"
_ANY_OF_THEM = "your specific relevant recent here something"

NAMES = table(_NAMES)
_COMPANIONS = table(_BESIDE) | NAMES
_VOCABULARY = _COMPANIONS | table(_JOINING)
_OPENERS, _VERBS = table(_OPENING), table(_ASKING)
_MARKS = table(_ANY_OF_THEM) | NAMES
_IDENTIFIER = lazy_pattern(r"[^\W\d][\w.-]{0,59}")
_CAMEL = lazy_pattern(r"(?<=[a-z])(?=[A-Z])")


def names_a_field(text: str) -> bool:
    """Whether a short text names a field to fill in: `first_name`, `Your Name`, `insert a link`."""
    if "_" in text.strip("_") and _IDENTIFIER.fullmatch(text):
        return True
    words = [word.strip("'’\"“”,;:!?").removesuffix("'s").removesuffix("’s") for word in split(text)]
    words = [word for word in words if word]
    if not words:
        return False
    if words[0] in _OPENERS:
        return len(words) > 1
    if words[0] in _VERBS:
        return any(word in _MARKS for word in words[1:])
    if len(words) == 1:
        return words[0] in NAMES
    if len(words) == 2 and words[0] in ("the", "this"):  # a quotation's “[the company]”
        return False
    return all(word in _VOCABULARY for word in words) and sum(word in _COMPANIONS for word in words) > 1


def split(text: str) -> list[str]:
    """The words of a text or an identifier, in lower case: `firstName` and `first_name` have two."""
    return [word.casefold() for word in re.split(r"[\s_.]+", _CAMEL.sub(" ", text)) if word]
