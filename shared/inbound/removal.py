"""Tells whether a person asks, in their own words, not to be written to again."""

from shared.kit.phrases import any_of
from shared.kit.sentences import sentences
from shared.kit.whitespace import one_line

_MAX_TEXT = 4_000
_SHORT = 8  # words of a text that may consist of one command
_LIST = r"(?:mailing|e-?mail|mail|distribution|contact|marketing|send(?:ing)?|lead|prospect|call|outreach)"
_ENGLISH = r"""
(?:remove|take|delete|drop|unsubscribe|exclude|erase|scratch) (?:me|us|my|our|this|that|\S{2,60}@\S{3,60}|\w{2,20}
him|her)\b(?: \S{1,30}){0,6}? (?:from|off|of)(?: of)? (?:(?:all|any|your|the|this|these|that|such|our|future|further
\w{2,20}'s) ){0,4}(?:(?:mailing|e-?mail|mail|distribution|contact|marketing|send(?:ing)?|lead|prospect|call
outreach) )?(?:lists?|databases?|data ?base|mailings?|e-?mails?|system|records?|crm|campaigns?|sequences?|thread
outreach|files?|communications?|correspondence|distribution|contacts?|newsletters?|messages?|cadence)\b|(?:please
pls|kindly|just|must|can you|could you|would you) (?:just )?(?:remove|unsubscribe|delete) (?:me|us|my (?:e-?mail
address|data|details|contact|info\w{0,10}|name))\b(?! from (?:the )?(?:cc|meeting|invite|calendar))|\b(?:remove
unsubscribe) me\b(?! from (?:the )?(?:cc|meeting|invite|calendar))|take (?:me|us) off\b|opt me out
(?:want|like|wish|need
prefer|trying|tried) to (?:be )?(?:unsubscribed?|opt(?:ed)?[ -]out|removed)\b(?! from (?!(?:your|this|these|the|all
any|further|future)\b))|stop (?:\w{1,12} )?(?:e-?mailing|mailing|contacting|messaging|writing|spamming|sending
bothering|harassing|pestering|soliciting)\b|stop (?:these|this|the|your|all) (?:e-?mails?|mails?|messages?|spam)
(?:do not|don'?t|never|please no|please not) (?:ever )?(?:e-?mail|contact|write|message|mail|send|bother|reach out
call)(?:ing)? (?:to )?(?:me|us|this (?:address|e-?mail)|any ?(?:more|thing|one here)|again|further|here
more)\b(?! (?:until|before|on (?:my|the|mon|tue|wed|thu|fri)|at (?:my|this)|today|tomorrow|this week|next
a (?:contract|quote|proposal)|the (?:contract|quote|proposal|invoice)|in (?:january|february|march|april|may|june
july)))|(?:do not|don'?t) (?:want|wish) (?:to (?:receive|get|hear|be (?:contacted|e-?mailed))|(?:any )?(?:more
further|your) (?:e-?mails?|mails?|messages?))|no (?:more|further) (?:e-?mails?|mails?|messages?|contact
communication|follow-?ups?)(?: please)?\W{0,3}$|(?:cease|stop) (?:and desist|all (?:contact|communication))
leave me alone|(?:unsubscribe|opt[ -]?out|remove)(?: me)?,? please|please(?:,)? (?:unsubscribe|opt[ -]?out
remove)\W{0,3}$|lose my (?:e-?mail|address|number)
"""
_GERMAN = r"""
(?:bitte )?(?:keine|nie wieder|nicht weiter) (?:\w{1,20} ){0,3}(?:e-?mails?|mails?|werbung|nachrichten|zuschriften
newsletter|anfragen|werbemails?)(?: \S{1,20}){0,4} (?:mehr|schicken|senden|zusenden|erhalten|bekommen)\b
(?:nicht mehr|nie wieder|nie mehr|nicht weiter) (?:\w{1,20} ){0,2}(?:an(?:zu)?schreiben|angeschrieben
kontaktier\w{0,3}|zu kontaktieren|anmailen|belästigen|zuschicken)|(?:schreiben|kontaktieren|mailen) sie (?:mich|mir
uns) (?:bitte )?(?:nicht mehr|nie wieder|nicht weiter)|schreib(?:t)? (?:mir|uns) nicht mehr|(?:aus|von) (?:ihre[rmn]
eure[rmn]|deine[rmn]|der|dem|diese[rmn]|allen?) (?:\w{1,25} ){0,2}(?:verteilern?|mailverteiler|e-?mail-?verteiler
liste|mailing-?liste|datenbank|adressliste|kontaktliste|kartei|newsletter)(?: \S{1,20}){0,3} (?:streichen|löschen
entfernen|nehmen|austragen|aus(?:zu)?tragen|gestrichen|gelöscht|entfernt|genommen)|(?:löschen|streichen|entfernen
nehmen|tragen) sie (?:mich|uns|meine|unsere)(?: \S{1,25}){0,8}? (?:verteilern?|liste|datenbank|daten|adresse
e-?mail-?adresse|aus|kontaktdaten)\b|(?:löschung|löschen sie) (?:all(?:er|e) )?meine[r]? (?:\w{1,25} )?daten
(?:bitte )?(?:austragen|abmelden|abbestellen)\W{0,3}$|(?:möchte|will|wünsche)(?: \S{1,20}){0,5} (?:abmelden
abbestellen|austragen|keine (?:weiteren )?(?:e-?mails?|mails?|nachrichten|werbung))
(?:senden|schicken|mailen|schreiben) sie (?:mir
uns) (?:bitte )?(?:zukünftig |künftig )?keine\w? (?:weitere\w? )?(?:e-?mails?
mails?|nachrichten|werbung|newsletter|angebote|werbemails)|(?:bitte|bitte um) keine (?:weiteren? |mehr )?(?:e-?mails?
mails?
nachrichten|werbung|anfragen|newsletter)(?: mehr)?\W{0,3}$|keine weiteren (?:e-?mails?|mails?|nachrichten) bitte\b
unterlassen sie (?:\S{1,20} ){0,4}(?:e-?mails?|mails?
zusendung|werbung|kontakt)
widerspreche (?:ich )?(?:\S{1,20} ){0,4}(?:nutzung|verwendung|verarbeitung|werbung|zusendung)
lassen sie mich in ruhe
"""
_FRENCH = r"""
(?:dés[iy]nscri(?:re|vez|ption|s|t)|désabonne[rz]?|désabonnement|retirez|retirer|enlevez|enlever|supprime[rz]
radie[rz])[- ]?(?:[- ]?(?:moi|nous|me))?\b(?: \S{1,25}){0,8}? (?:liste|listes|fichiers?|base|mailing|newsletter
envois?|diffusion|coordonnées|adresse|données|mail|mails|e-?mails|contacts?)\b|(?:me|nous) (?:désinscrire|désabonner
retirer|supprimer|radier|enlever)\b|désinscrivez[- ](?:moi|nous)|retirez[- ](?:moi|nous)|(?:merci de |veuillez[ ]
prière de |s'il vous plaît,? )?ne (?:plus|pas) (?:me|nous|m') ?(?:contacter|écrire|envoyer|solliciter|relancer
déranger|importuner)|ne (?:m'|nous |me )?(?:écrivez|contactez|envoyez|sollicitez|relancez) plus|(?:ne (?:veux
souhaite|désire)|ne souhaitons|ne voulons) (?:plus|pas) (?:recevoir|être (?:contacté|sollicité|démarché))|(?:arrêtez
cessez|stoppez) (?:de |d'|tout |toute |vos |ces |les )|plus (?:aucun|de) (?:mail|e-?mail|courriel|message)
désinscription|désabonnement
"""
_SPANISH = r"""
no (?:volver|vuelvan|vuelva) a (?:contactar|escribir|enviar|mandar)\w{0,3}
(?:elim[ií]n\w{1,6}|borr\w{1,6}|quit\w{1,6}|retir\w{1,6}|saqu\w{1,6}|sac\w{1,6}|dar\w{0,4}|denme|dame|déme
darme)\b(?: \S{1,20}){0,8}? (?:de (?:baja|alta)|lista|listas|base de datos|correos|newsletter|boletín|envíos
mis datos|mi (?:correo|dirección|e-?mail))|(?:darme|d[eé]n?me|d[eé]n?nos|dadme|dadnos|dame|danos|dar|solicito la
quiero la
favor de dar) (?:de )?baja|cancelar (?:la |mi )?suscripción|desuscribir\w{0,3}|no (?:me
nos) (?:\w{1,10} )?(?:env[ií]\w{1,4}|escrib\w{1,4}|contact\w{1,5}|mand\w{1,4}|molest\w{1,4}
vuelv\w{1,4} a (?:escribir|contactar|enviar))(?: más| mas| nada)?|no (?:quiero|deseo|queremos|deseamos) (?:recibir
que me (?:escrib|contact|env))|dej(?:e|en|a|ad) de (?:enviar|escribir|mandar|contactar|molestar)\w{0,4}|no (?:más
mas) (?:correos|e-?mails|mensajes)
"""
_ITALIAN = r"""
(?:rimuov\w{1,6}|cancell\w{1,6}|tog\w{2,8}|elimin\w{1,6}|disiscri\w{2,8}
disiscrizione)\b(?: \S{1,20}){0,8}? (?:list[ae]|mailing|database|newsletter|indirizzo|dati|elenco|contatti|e-?mail
mail|iscrizione)\b|(?:cancellatemi|rimuovetemi|toglietemi|toglimi|rimuovimi|cancellami|disiscrivermi|disiscrivetemi
cancellarmi|essere (?:rimosso|cancellato|rimossa|cancellata))|non (?:mi |ci )?(?:scriv\w{1,5}|contatt\w{1,5}
mand\w{1,5}|invi\w{1,5}|disturb\w{1,5})(?:mi|ci)? (?:più|mai più|altre|ulteriori)|non (?:voglio|desidero|vogliamo
desideriamo) (?:più )?(?:ricevere|essere contattat)|smette(?:te|tela)?(?:la)? di (?:scriver|mandar|inviar|contattar
disturbar)\w{0,4}|smettetela|basta (?:e-?mail|mail|messaggi)
"""
_PORTUGUESE = r"""
(?:remov\w{1,6}|retir\w{1,6}|exclu\w{1,6}|elimin\w{1,6}|apag\w{1,6}|tir\w{1,5}|cancel\w{1,6}
descadastr\w{1,6})(?:-me)?\b(?: \S{1,20}){0,8}? (?:listas?|base|mailing|cadastro|newsletter|contatos?|contactos?
e-?mail|dados|inscrição|subscrição|endereço)\b|descadastr\w{1,6}|(?:me (?:remov|retir|exclu|tir)\w{1,5}|(?:remova
retire|exclua|tire)-me)|não (?:me |nos )?(?:envi\w{1,4}|mand\w{1,4}|escrev\w{1,4}|contat\w{1,5}|contact\w{1,5}
incomod\w{1,4})(?:-me)? mais|não me (?:envi\w{1,4}|mand\w{1,4}|escrev\w{1,4}|contat\w{1,5}|contact\w{1,5}) ?(?:mais
nada|novamente)?|não (?:quero|desejo|queremos|pretendo) (?:mais )?(?:receber|ser contat|ser contact)|par(?:e|em
a) de (?:enviar|mandar|escrever|contat)\w{0,4}|deixe[m]? de (?:enviar|contactar)
cancelar (?:a )?(?:minha )?(?:inscrição|subscrição|assinatura)
"""
_DUTCH = r"""
(?:verwijder\w{0,3}|haal|schrap|wis|uitschrijven|schrijf|meld)\b(?: \S{1,20}){0,8}? (?:lijst|maillijst|mailinglijst
mailinglist|verzendlijst|bestand|database|nieuwsbrief|gegevens|e-?mailadres|adres|uit|af)\b|(?:niet|nooit) (?:meer
langer) (?:\w{1,15} ){0,3}(?:mailen|e-?mailen|schrijven|contacteren|benaderen|te benaderen|contact|lastig|benaderd
gemaild|te mailen)|(?:mail|schrijf|benader|contacteer) (?:mij|me|ons) (?:\w{1,10} )?(?:niet|nooit) (?:meer|langer)
geen (?:\w{1,15} ){0,3}(?:e-?mails?|mails?|berichten|reclame|post)(?: \S{1,15}){0,4} (?:meer|ontvangen|sturen
te ontvangen)|stop(?:pen)? (?:alstublieft |aub )?(?:\w{1,10} )?met (?:mailen|het sturen|e-?mailen|sturen|schrijven
deze)|(?:ik wil|graag|wil) (?:me |mij )?(?:\w{1,10} )?(?:afmelden|uitschrijven|uitgeschreven)|laat me met rust
"""
_ASIAN = r"""
配信(?:を)?(?:停止|解除|中止)|(?:メール|連絡|送信|配信|ご案内).{0,20}(?:停止|やめて|止めて|送らないで|しないで
不要です|ご遠慮|お控え)|送らないで|リスト(?:から).{0,15}(?:外|削除|除)|(?:登録|アドレス|連絡先).{0,15}(?:解除|削除
抹消)|退会|今後.{0,20}(?:連絡|送信|メール).{0,15}(?:不要|結構|しないで|ご遠慮|お控え)|(?:不要|别|請勿|请勿|停止|不想
勿)(?:再)?.{0,8}(?:发|發|发送|發送|寄|收到|联系|聯絡|邮件|郵件)|(?:退订|取消订阅|取消訂閱|退訂)|(?:移除|删除
刪除).{0,15}(?:名单|名單|列表|邮件|郵件)
"""
_POLISH = r"""
(?:usun\w{1,6}|usunięci\w{1,3}|wykreśl\w{1,8}|wypis\w{1,6}|skreśl\w{1,6})\b(?: \S{1,25}){0,8}? (?:bazy|baz|list|listy
danych|dane|adresu?|subskrypcji|newslettera|mailingu)\b|(?:prosz\w{1,3}|więcej|już) (?:\S{1,15} ){0,2}nie (?:\S{1,10}[ ]
)?(?:przysyła\w{1,4}|wysyła\w{1,5}|pisa\w{1,4}|kontaktowa\w{1,4})|nie (?:życzę|życzymy|chcę|chcemy) (?:\S{1,15}[ ]
){0,4}(?:otrzymyw\w{1,4}|kontaktu|wiadomości|maili|mailingu)|(?:nieprzysyłanie|zaprzestanie) (?:\S{1,20} ){0,3}\w
"""
_NORDIC = r"""
(?:ta(?:ga)? bort|stryk|avregistrera|radera|fjern|slet+|afmeld|avmeld)\b(?: \S{1,25}){0,8}? (?:listan?|listor
liste\w{0,3}
register|registret|registre\w{0,2}|databas\w{0,3}|uppgifter|oplysninger|opplysninger|adresse?\w{0,2}|utskick\w{0,2}
sändlista\w{0,2}|mejllista|mailliste\w{0,2}|nyhetsbrev\w{0,2}|data)\b|(?:mejla|maila|kontakta|kontakt|skriv|send
skicka) (?:\S{1,12} ){0,3}?(?:inte|aldrig|ikke|aldri) (?:\S{1,12} ){0,2}?(?:mer|mere|igen|igjen|fler|flere)\b
(?:vill|önskar|ønsker|vil) (?:\S{1,12} )?(?:inte|ikke) (?:\S{1,12} ){0,3}?(?:fler|flere|mer|mere|kontaktad|kontaktes
kontaktet)\b|(?:inga|ingen) (?:fler|flere) (?:mejl|mail\w{0,2}|e-?post\w{0,3}|utskick|henvendelser|meddelanden)
(?:sluta|slutt|stop) (?:med )?(?:att |at |å )?(?:mejla|maila|maile|skicka|skrive|skriva|sende|kontakte|kontakta|spamm\w)
poista\w{0,4}(?: \S{1,25}){0,6}? (?:\S{0,15}lista\w{0,6}|rekisteri\w{0,6}|tietoni|osoitteeni)|älkää (?:enää[ ]
)?(?:lähettäkö|ottako)|en halua (?:enää )?(?:vastaanottaa|saada)
"""
_EASTERN = r"""
(?:vyřa[ďd]\w{1,4}|vymaž\w{1,4}|odstraň\w{1,4}|smaž\w{1,4}|odhla\w{1,4})\b(?: \S{1,25}){0,8}? (?:seznamu|databáze|údaje
adresu|rozesílky|evidence)\b|\b(?:nepišt?e|neposílejte|nekontaktujte) (?:mi|mě|nám|nás)|(?:mi|mě|nám|nás) (?:\S{1,8}[ ]
)?(?:nepište|neposílejte|nekontaktujte)|nepřeji si (?:\S{1,15} ){0,3}(?:dostávat|kontakt)
(?:удалите|удалить|исключите|исключить|уберите|отпишите|вычеркните)\b(?: \S{1,25}){0,8}? (?:рассылки|списка|базы|данные
адрес|меня)\b|(?:удалите|исключите|уберите|отпишите|вычеркните) (?:меня|нас|мой|мои)|больше (?:\S{1,8} )?не (?:пишите
присылайте|беспокойте|отправляйте)|не (?:пишите|присылайте|отправляйте|беспокойте) (?:\S{1,10} ){0,2}?больше|не (?:хочу
желаю) (?:больше )?(?:получать|видеть)|прекратите (?:рассылк|присылать|писать|слать)|(?:listenizden|listeden
veritabanınızdan)(?: \S{1,15}){0,4} (?:çıkar|sil)|(?:e-?posta|mail|mesaj) (?:\S{1,15} ){0,2}(?:gönderme|atma)
"""
# What a law gives: the erasure of what is held of a person, and an objection to its use.
_LEGAL = r"""
(?:delete|erase|remove|destroy|wipe|purge) (?:\S{1,15} ){0,5}?(?:data|information|details|records?) (?:(?:that
which) )?(?:you (?:hold|have|keep|store|process)|(?:about|on|of|relating to|concerning) (?:me|us)\b)|(?:erasure
deletion|removal) of (?:all )?(?:of )?my|(?:my|exercis\w{1,3}|invok\w{1,3}) (?:\S{1,15} ){0,3}right (?:to (?:erasure
be forgotten|object)|of erasure)|(?:object|withdraw my consent) to (?:\S{1,15} ){0,4}(?:processing|use|marketing
contact)|withdraw my consent|(?:art\.?|article|artikel|artículo|articolo|artigo) (?:17|21) .{0,100}\b(?:my|meine\w?|mes
mis|miei|meus|mijn)\b|(?:effac\w{1,6}|supprim\w{1,6}|suppression|supresión|suprim\w{1,4}|cancellazione|eliminação
verwijdering|löschung|usunięci\w{1,2}|radering|sletning) (?:\S{1,15} ){0,4}(?:mes|mis|miei|meus|mijn|meiner|moich|mina
mine) (?:\S{1,15} )?(?:donn\w{1,4}|datos|dati|dados|gegevens|daten|danych|uppgifter|oplysninger)
"""
_REQUEST = any_of(
    _POLISH, _NORDIC, _EASTERN, _LEGAL, _ENGLISH, _GERMAN, _FRENCH, _SPANISH, _ITALIAN, _PORTUGUESE, _DUTCH, _ASIAN
)
_OF_ME = any_of(r"""
    \b(?:me|us|my|our|this|mich|mir|uns|mein\w{0,2}|unser\w{0,2}|moi|nous|mon|ma|mes|notre|nos|mi|mis|nuestr\w{1,2})\b
    \b(?:mnie|moj\w{1,3}|mój|mig|mej|min|mina|mitt|meg|mě|mne|меня|мне|мой|мои|нас|нам)\b
    \b(?:mio|mia|miei|ci|nostr\w|meu|minha|mij|ons|mijn)\b|\bm'|(?:me|mi|nos)\b|@
    """)
_COMMAND = any_of(
    r"""
    (?:please |pls |bitte |merci |por favor |per favore |aub |graag |kindly )?(?:unsubscribe|unsubscribed|unsuscribe
    unsubcribe|remove|stop(?: it| now)?|opt[ -]?out|remove me|take me off|cancel|abmelden|abbestellen|austragen
    löschen|stopp?|désinscription|désinscrire|désabonnement|désabonner|se désinscrire|stop (?:mail|e-?mail|sms|pub)
    baja|dar de baja|cancelar suscripción|desuscribir|cancellami|cancellazione|disiscrizione|disiscrivimi|rimuovi
    remover|descadastrar|cancelar|afmelden|uitschrijven|wypisz|rezygnuję|avregistrera|avsluta|afmeld|avmeld|отписаться
    стоп|配信停止|配信解除|停止|解除|退订|退訂|取消订阅|td)(?: (?:me
    please|pls|bitte|all|now|merci|por favor|per favore|aub|thanks?|thank you|danke|asap|immediately))*[.! ]*
    """
)
# A sentence of these kinds asks for something else.
_NONE = any_of(
    r"""
    (?:don'?t|do not|never|nicht|ne|no|non|não|niet) (?:\w{1,12} )?(?:stop|unsubscribe|remove|take me off)\b|\b(?:if
    in case|should|falls|wenn|si|se|als|indien) (?:you|sie|vous|desea|quieres|usted|vuoi|desideri|você|u|je|du
    i)\b.{0,60}(?:unsubscribe|longer|abmelden|désinscrire|désabonner|baja|disiscri|descadastr|cancelar|uitschrijven
    remove|receive|erhalten|recevoir|recibir|ricevere|receber|ontvangen)|(?:how|can|could|do|does|did|will|would) (?:i
    we|users?|customers?|people|your|the|they|it|our) .{0,80}(?:unsubscribe|opt[ -]?out|remove)(?! me)
    (?:remove|take|drop|delete) (?!me\b|us\b|my\b|our\b|this\b|that\b)\w{2,20} (?:\w{2,20} )?(?:from|off
    of) (?:of )?(?:this
    the|our|your) (?:e-?mail )?(?:thread|chain|conversation|cc|copy|loop|distribution)
    (?:this|that|my old|the old|diese[rn]?|meine alte|cette|mon ancienne|esta|questo) (?:e-?mail ?)?(?:address|account
    mailbox
    e-?mail-?adresse|adresse|dirección|cuenta|indirizzo|postfach)\b.{0,60}\b(?:sondern|instead|but (?:to|at|use)
    use (?:my|the
    this)|mais (?:à|sur)|sino (?:a|en)|utilisez|ma )
    unsubscribe (?:link|rate|button|page|list|feature|header)|(?:to|click|klicken|cliquez
    clic).{0,30}unsubscribe.{0,30}(?:click|here|link)|click (?:here|the link)|unsubscribe from (?!(?:your|this|these
    the|all|any|further|future|emails?|mailings?|updates|here)\b)|(?:switch|move|moving|switching
    migrat\w{1,5}) (?:\w{1,12} ){0,2}(?:to|over to) you
    """
)


def asks(words: str, subject: str = "") -> str | None:
    """The sentence by which the person asks to be left alone; None without one. `words` are theirs alone."""
    text = one_line(words[:_MAX_TEXT]).replace("’", "'")
    if not text:
        bare = one_line(subject).replace("’", "'")
        return bare if _COMMAND.fullmatch(bare) or _REQUEST.search(bare) else None
    if len(text.split()) <= _SHORT and _COMMAND.fullmatch(text):
        return text
    lines = words[:_MAX_TEXT].replace("’", "'").split("\n")
    first = one_line(next((line for line in lines if line.strip()), ""))
    if _COMMAND.fullmatch(first) and len(lines) <= 6:
        return first
    return next((s for s in _sentences(words[:_MAX_TEXT]) if _is_request(s)), None)


def _is_request(sentence: str) -> bool:
    """A question is one where it is about the person: others ask what can be done with some list."""
    if not _REQUEST.search(sentence) or _NONE.search(sentence):
        return False
    return "?" not in sentence or _OF_ME.search(sentence) is not None


def _sentences(words: str) -> list[str]:
    """The sentences; a line that goes on in the next is joined with it."""
    paragraphs = words.replace("’", "'").split("\n\n")
    return [s for paragraph in paragraphs for s in sentences(" ".join(paragraph.split()))]
