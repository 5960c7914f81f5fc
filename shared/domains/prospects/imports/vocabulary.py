"""What columns and statuses are called in exports, in English, German, French, Spanish and Italian.

Words are compared without case, accents, digits, spaces and punctuation: `E-mail 1 - Value` is `emailvalue`.
"""

import re
import unicodedata
from typing import Literal, get_args

from shared.kit.patterns import lazy_pattern

Field = Literal[
    "name",
    "first_name",
    "middle_name",
    "last_name",
    "company",
    "job_title",
    "email",
    "phone",
    "website",
    "linkedin",
    "url",
    "fit_score",
    "status",
    "opted_out",
    "opted_in",
    "bounced",
    "tags",
    "summary",
    "source_url",
    "time_zone",
]
FIELDS: tuple[Field, ...] = get_args(Field)

_COLUMNS: dict[Field, str] = {
    "name": """name fullname displayname contactname contact person personname leadname prospectname customername
        nom nomcomplet nomprenom prenomnom nometprenom nomducontact
        vollstandigername ansprechpartner kontakt kontaktname kontaktperson anzeigename namevorname vornamename
        vornamenachname vornameundnachname nombre nombrecompleto nombreyapellidos nombreyapellido contacto
        nombredelcontacto nome nomecompleto nomeecognome nomecognome cognomeenome contatto nominativo""",
    "first_name": "firstname givenname forename fname vorname rufname prenom primernombre nombredepila primonome",
    "middle_name": "middlename additionalname secondname zweitername deuxiemeprenom segundonombre secondonome",
    "last_name": """lastname familyname surname lname nachname familienname zuname nomdefamille apellido apellidos
        primerapellido cognome""",
    "company": """company companyname organization organisation organizationname organisationname employer account
        accountname associatedcompany currentcompany business businessname firm firma firmenname unternehmen betrieb
        arbeitgeber organisationsname societe nomdelasociete nomsociete entreprise nomdelentreprise nomentreprise
        raisonsociale employeur empresa nombredelaempresa nombreempresa compania organizacion razonsocial azienda
        nomeazienda societa impresa ditta ragionesociale organizzazione""",
    "job_title": """title jobtitle job role position currentposition occupation profession organizationtitle headline
        titel jobtitel berufsbezeichnung beruf funktion stellenbezeichnung rolle poste titre titredeposte intitule
        intituledeposte fonction metier puesto puestodetrabajo cargo titulo tituloprofesional ocupacion profesion
        posizione ruolo qualifica titolo professione mansione""",
    "email": """email mail emailaddress mailaddress emailvalue primaryemail secondaryemail workemail businessemail
        companyemail personalemail homeemail otheremail contactemail emailwork emailhome emails emailid emailprimary
        additionalemailaddresses emailadresse mailadresse emailgeschaftlich emailprivat elektronischepost
        adresseemail adressemail adressedemessagerie courriel adresseelectronique courrier courrierelectronique
        correo correoelectronico correoelectronicodetrabajo direcciondecorreo direcciondecorreoelectronico
        emaildetrabajo direccionemail postaelettronica indirizzoemail indirizzomail indirizzodiposta
        indirizzodipostaelettronica emaillavoro""",
    "phone": """phone phonenumber phonevalue telephone telephonenumber tel mobile mobilephone mobilenumber cell
        cellphone workphone businessphone homephone otherphone companyphone corporatephone workdirectphone directphone
        primaryphone companymainphone directphonenumber mobilephonenumber workphonenumber businessphonenumber
        companyphonenumber directdial phonework phonemobile phonehome phoneother companyhqphone
        telefon telefonnummer telefonnr handy handynummer mobil mobiltelefon
        telefongeschaftlich rufnummer telefonprivat mobiltelefonnummer telefongeschaeftlich numerodetelephone
        portable telephoneportable telephonebureau telephonemobile telefono telefonomovil movil celular
        numerodetelefono telefonodetrabajo telefonofijo cellulare telefonocellulare numeroditelefono
        telefonoufficio telefonolavoro recapitotelefonico""",
    "website": """website websitevalue websiteurl web webpage webaddress homepage companywebsite companyurl domain
        companydomain companydomainname accountwebsite webseite webadresse internetseite internetadresse
        siteweb siteinternet site pageweb sitioweb paginaweb paginawebpersonal pagina sitoweb sito sitointernet
        businesshomepage personalwebpage""",
    "linkedin": """linkedin linkedinurl linkedinprofile linkedinprofileurl personlinkedinurl linkedinlink
        profileurl defaultprofileurl publicprofileurl linkedinbio salesnavigatorurl linkedinprofil urllinkedin
        profillinkedin perfillinkedin perfildelinkedin profilolinkedin contactlinkedinurl
        linkedincontactprofileurl linkedinprofilelink leadlinkedinurl contactlinkedinprofileurl""",
    "url": "url link links lien enlace collegamento",
    "fit_score": "fitscore score leadscore punktzahl puntuacion punteggio",
    "status": """status leadstatus contactstatus prospectstatus emailstatus subscriptionstatus memberstatus
        marketingstatus emailsubscriptionstatus marketingcontactstatus stage leadstage contactstage lifecyclestage
        phase leadphase kontaktstatus statut statutdulead statutdecontact etape estado estadodellead
        estadodelcontacto etapa stato statolead statodellead statocontatto fase""",
    "opted_out": """unsubscribed unsubscribe unsub unsubtime unsubscribedate unsubscribedat unsubscribedon
        unsubscribedfromallemail unsubscribedfromemail unsubscribedfromallemails isunsubscribed globallyunsubscribed
        optedout optout isoptedout emailoptout emailoptedout optedoutofemail optedoutofemails optoutemail
        optedoutofemailonetoone optedoutofemailmarketinginformation hasoptedoutofemail hasoptedout optoutdate
        optedoutat optedouton donotcontact donotemail donotmail donotsendemail dontcontact nocontact noemail
        excludefrommailing suppressed suppression blacklisted blacklist blocklist blocklisted emailblacklisted
        gdproptout abgemeldet abgemeldetam austragung ausgetragen widerruf widerrufen widerspruch werbewiderspruch
        werbesperre kontaktsperre sperrvermerk gesperrt nichtkontaktieren nichtanschreiben keinewerbung keineemail
        keineemails desinscrit desinscription desabonne desabonnement nepascontacter nepasdemarcher
        nepasenvoyerdemail liberouge opposition baja dadodebaja darsedebaja bajafecha fechadebaja nocontactar
        noenviar noenviarcorreo noenviaremail cancelado disiscritto disiscrizione noncontattare cancellato
        cancellatodallalista nonscrivere revocato""",
    "opted_in": """optin optedin emailoptin emailoptedin optinemail isoptedin subscribed issubscribed emailsubscribed
        subscribe emailconsent marketingconsent consent consentgiven gdprconsent emailpermission permission
        permissiontocontact cancontact mayemail acceptsmarketing acceptsemailmarketing emailmarketingconsent
        newsletter newsletteroptin emailmarketing emailmarketingstatus receiveemails
        angemeldet einwilligung werbeeinwilligung emaileinwilligung zustimmung newsletterabonniert
        consentement consentementemail inscrit abonne accord accepteemail acceptemarketing
        consentimiento suscrito aceptaemail aceptamarketing permiso autorizacion
        consenso consensoemail consensomarketing iscritto accettamarketing autorizzazione""",
    "bounced": """bounced emailbounced isemailbounced isbounced bouncedat bouncedon bouncedate emailbounceddate
        emailbouncedreason hardbounce hardbounced hardbouncedat hardbouncereason emailhardbouncereason cleantime
        cleancampaigntitle cleancampaignid invalidemailaddress undeliverable unzustellbar""",
    "tags": """tags tag labels label lists list categories category groups group groupmembership segments
        etiketten stichworte schlagworte kategorien kategorie gruppen gruppe etiquettes motscles categorie groupes
        etiquetas etiqueta categorias categoria grupos gruppi etichette etichetta""",
    "summary": """summary notes note description about comment comments bio remarks notizen notiz bemerkung
        bemerkungen beschreibung kommentar anmerkung anmerkungen remarque remarques commentaire commentaires
        notas nota descripcion comentario comentarios descrizione commento commenti""",
    "source_url": "sourceurl quellurl",
    "time_zone": "timezone zeitzone fuseauhoraire zonahoraria fusoorario",
}


def word(text: str) -> str:
    """The letters of a column's name or a value: lower case, without accents, digits, spaces and punctuation."""
    plain = unicodedata.normalize("NFKD", text[:200].casefold())
    return "".join(character for character in plain if character.isalpha())


# Beside a column that names its job, `Title` is "Dr.".
WEAK = frozenset(["title", "titel", "titre", "titulo", "titolo"])
_FIELD_OF: dict[str, Field] = {name: field for field, names in _COLUMNS.items() for name in names.split()}


# Names of opt-outs have many tails: "Opted out of email: Product news", "Unsubscribed Mode", "UNSUB_REASON".
NO_WITHIN = (
    *("unsub", "optout", "optedout", "donotcontact", "donotemail", "dontcontact", "dontemail", "blacklist"),
    *("blocklist", "abgemeldet", "nichtkontakt", "keinewerbung", "widerruf", "widersprochen", "desinscri", "desabonn"),
    *("nepascontacter", "dadodebaja", "nocontactar", "disiscri", "noncontattare"),
)
_NO_ANSWER = ("link", "url", "lien", "enlace", "count", "rate")  # of everybody: "Unsubscribe link"
_KIND = lazy_pattern(r"\s*(?:person|people|contact|lead|prospect|organization|organisation)\s*(?:-|:|\.|/|>)\s*", re.I)


def field_of(column: str) -> Field | None:
    """The field that a column of this name holds; the kind of record before it, as in `Person - Email`, and what
    stands in brackets behind it do not matter."""
    name = column[:200]
    kind = _KIND.match(name)
    plain = name[kind.end() :] if kind else name
    for form in (name, plain, re.sub(r"[(\[][^()\[\]]*[)\]]\s*$", "", plain)):
        if field := _FIELD_OF.get(word(form)):
            return "company" if field == "name" and kind and kind[0].strip().lower().startswith("organi") else field
    text = word(name)
    says_no = any(no in text for no in NO_WITHIN) and not text.endswith(_NO_ANSWER)
    return "opted_out" if says_no else None
