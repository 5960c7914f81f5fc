"""What machines say when they answer, in the languages of Western Europe, Japanese and Chinese."""

import re

from shared.kit.patterns import lazy_pattern
from shared.kit.phrases import any_of

ANSWERS = lazy_pattern(r"(?:re|aw|antw|sv|rif|res|odp|r|回复|答复|返信)\s?(?:\[\d{1,3}\])?\s?[:：]", re.I)
SUBJECT = any_of(
    r"""
    (?:recall|rückruf):
    \W{0,3}(?:automatic(?:ally generated)? (?:reply|response|answer)|auto(?:mated)?[ -]?(?:reply|response|answer)
    auto:|autoreply|out[ -]of[ -](?:the[ -])?office|ooo\b|ooto\b|on (?:vacation|holiday|leave|annual leave
    maternity leave|parental leave)|away from (?:the |my )?(?:office|desk|mail)|vacation (?:reply|notice|message)
    i am (?:out of|away)|automatische (?:antwort|rückmeldung|nachricht)|abwesenheits?(?:notiz|nachricht|meldung|info
    assistent|benachrichtigung)?\b|abwesend|außer haus|ausser haus|nicht im (?:büro|haus)|urlaub(?:snotiz|svertretung
    smeldung)?\b|autoantwort|réponse automatique|message automatique|absence (?:du|de|au) bureau
    absent(?:e)? du bureau|absence\b|en congés?\b|je suis absent|notification d'absence|réponse d'absence
    respuesta automática|respuesta autom[aá]tica|contestación automática|fuera de (?:la )?oficina|ausente|ausencia
    de vacaciones|estoy (?:fuera|de vacaciones)|risposta automatica|fuori (?:ufficio|sede)|assente|assenza|in ferie
    resposta automática|fora do escritório|ausência|ausente do|de férias|em férias|mensagem automática
    automatisch(?:e)? (?:antwoord|beantwoording|bericht)|afwezig(?:heid)?|niet aanwezig|buiten kantoor|met vakantie
    op vakantie|autosvar|automatiskt svar|automaattinen vastaus|odpowiedź automatyczna|autoodpowiedź
    automatyczna odpowiedź|nieobecno|poza biurem|frånvaro|fravær|automatisk svar|autosvar|automaattivastaus|poissa
    automatická odpověď|mimo kancelář|автоответ|автоматический ответ|otomatik (?:yanıt|cevap)|ofis dışında
    自動応答|自動返信
    【自動|\[自動
    不在(?:通知|の|連絡|です)|休暇|自动(?:回复|答复|回覆)|自動(?:回覆|回复|答复)|外出|休假)
    """
)
ACKNOWLEDGING_SUBJECT = any_of(
    r"""
    (?:ticket|case|request|enquiry|inquiry|support|anfrage|vorgang|demande|solicitud|richiesta|pedido|aanvraag
    chamado)(?: \S{1,30}){0,3} (?:has been |was |been |is |wurde |ist |a été |a bien été |ha sido |è stata |foi[ ]
    is )?(?:received|created|opened|registered|logged|eingegangen|erstellt|angelegt|reçue?|créée?|enregistrée?
    recibid[ao]|cread[ao]|ricevut[ao]|creat[ao]|recebid[ao]|criad[ao]|ontvangen|aangemaakt)|we(?:'ve
    [ ]have)? received your|thank(?:s| you) for (?:contacting|your (?:enquiry|inquiry|request))|eingangsbestätigung
    accusé de réception|acuse de recibo|conferma di ricezione|ontvangstbevestiging|受付(?:完了|のお知らせ)
    """
)
MACHINE = any_of(
    r"""
    (?:this is|it is|you are receiving) an? (?:automat(?:ed|ic(?:ally generated)?)|auto[- ]?(?:generated|reply
    response)) ?(?:reply|response|message|e-?mail|notification|answer|acknowledg\w{0,10})?|this (?:e-?mail|message
    reply|response) (?:was|is|has been) (?:sent |generated )?automatic|automatically generated
    do not (?:reply|respond)(?: directly)?(?: to this (?:e-?mail|message|mail|notification
    address))?(?=[ \t]*(?:[.!;)\n]|$
    ,? ?(?:as|since|because|it)\b))|this mailbox is not monitored(?! \w)|auto-?responder|auto-?reply\b|(?:dies(?:e|es)?
    dies ist eine) (?:ist eine )?(?:automatisch|e-?mail wurde automatisch|nachricht wurde automatisch)
    automatisch (?:erstellt|generiert|erzeugt|versendet)|automatische (?:antwort|nachricht|benachrichtigung)
    nicht (?:direkt )?auf diese (?:e-?mail|nachricht|mail)(?: antworten| zu antworten)?(?=[ \t]*(?:[.!;)\n]|$|,? da\b))
    (?:ceci est un|ce) (?:message|courriel|mail
    e-?mail) (?:est )?(?:automatique|envoyé automatiquement|généré automatiquement)|réponse automatique
    merci de ne pas répondre|ne pas répondre à ce|(?:este es un|esta es una) (?:mensaje|respuesta
    correo) (?:generad[oa] )?autom|respuesta automática|mensaje automático|por favor,? no respond|no responda a este
    (?:questo è un|questa è una) (?:messaggio|risposta|e-?mail) (?:generat[oa] )?automatic|risposta automatica
    messaggio automatico|si prega di non rispondere|non rispondere a questa|(?:esta é uma|este é um) (?:mensagem
    resposta|e-?mail) autom|resposta automática|mensagem automática|por favor,? não responda|não responda a est
    (?:dit is een|deze) (?:automatisch|e-?mail is automatisch|bericht is automatisch)|automatisch (?:gegenereerd
    antwoord|verzonden|verstuurd)|gelieve niet te antwoorden|niet (?:te )?(?:antwoorden|reageren) op|自動(?:返信|応答
    送信|配信)|このメールは(?:自動|システム)|返信しないで|ご返信いただいても|自动(?:回复|答复|发送)|自動(?:回覆|發送)
    系统自动|请勿回复|請勿回覆
    (?:type|write|enter) your reply above this line|reply above this line|antwort (?:bitte )?(?:über
    oberhalb) dieser zeile
    répondre au-dessus de cette ligne|responda por encima de esta línea
    (?:to jest|jest to) (?:wiadomość )?(?:wygenerowana )?automatyczn|wygenerowan\w (?:została )?automatyczn
    (?:prosimy|proszę) (?:na nią |na tę wiadomość )?nie odpowiadać|detta (?:är ett|mejl|meddelande) (?:\w{1,15} )?auto
    dette er (?:et|en) auto|tämä on automaatti|(?:toto|tento) (?:je|e-?mail) (?:\w{1,15} )?automatick
    это автоматическ|автоматически (?:создан|сформирован|отправлен)|bu (?:bir )?otomatik
    """
)
AWAY = any_of(
    r"""
    out of (?:the |my )?office|away from (?:the |my )?(?:office|desk|e-?mail|work)|on (?:\w{1,12} )?(?:vacation
    holidays?|leave|pto|sabbatical)|i(?: am|'m|’m| will be|'ll be) (?:currently |now )?(?:away|out|off|travel|not in
    abroad|unavailable)|maternity|paternity|parental leave|(?:nicht|derzeit|momentan|aktuell
    zurzeit) (?:\w{1,15} ){0,3}(?:im (?:büro|haus)|erreichbar|abwesend)|außer haus|ausser haus|abwesend|im urlaub
    elternzeit|mutterschutz|betriebs(?:ferien|urlaub)|praxisurlaub|bin (?:ich )?erst (?:am|ab|wieder|nächste)
    (?:praxis|büro|firma|betrieb|geschäft|kanzlei|laden|haus|unternehmen|geschäftsstelle) (?:\S{1,15} ){0,8}geschlossen
    ferm(?:é|ée|és|eture)e? (?:\S{1,15} ){0,3}(?:pour|annuelle|estivale|congés|jusqu)|cerrad[oa]s? por vacaciones
    chius[oaie] per ferie|fechad[oa]s? para férias|(?:offices?|shop|practice|surgery|company|business) (?:is|will be|are
    remains) closed (?:from|until|till|for|between)|\bi(?:'m|’m| am) ooo\b|nicht besetzt|habe (?:\w{1,10} )?urlaub\b
    \bbin (?:\S{1,12} ){0,5}offline\b|gesloten (?:van|tot|wegens)|bin ich (?:nicht|wieder)
    in meiner abwesenheit|(?:je suis|je serai|actuellement
    suis) (?:actuellement |en |de ){0,3}(?:absent|congés?|déplacement|vacances)|absente? (?:du|de|jusqu)|en congés?
    congé (?:maternité|parental)|pendant mon absence|fuera de (?:la|mi) oficina|(?:estoy|estaré
    me encuentro) (?:actualmente )?(?:ausente|fuera|de vacaciones|de baja)|de vacaciones|durante mi ausencia
    baja (?:maternal|paternal|médica)|fuori (?:ufficio|sede)|(?:sono|sarò) (?:attualmente[ ]
    momentaneamente )?(?:assente|in ferie|fuori)|in ferie|maternità|durante la mia assenza|fora do escritório|(?:estou
    estarei|encontro-me) (?:atualmente |actualmente )?(?:ausente|fora|de férias|em férias)|de férias|em férias|licença
    na minha ausência|(?:ben ik|ik ben) (?:\w{1,15} ){0,4}(?:afwezig|vakantie|verlof|niet aanwezig|niet bereikbaar
    vrij)|niet op kantoor|op vakantie|met vakantie|met verlof|zwangerschapsverlof|tijdens mijn afwezigheid
    不在に?(?:して|です|と|の|期間|中)|休暇(?:を|中|の|期間|のため)|休業|お休みを?(?:いただ|頂)|出張中|外出中?|休假
    出差|不在(?:办公室|辦公室)|放假
    na urlopie|poza biurem|urlop (?:wypoczynkowy|macierzyński)|jestem nieobecn|będę nieobecn|zwolnieniu lekarskim
    (?:har|på|tar|i|under) (?:\w{1,10} )?(?:semester|sommarledig)|(?:är|jag) (?:\w{1,10} )?(?:tjänst|föräldra)?ledig
    inte på (?:kontoret|plats)|(?:på|har|holder|holdt|tar|avvikler) (?:\w{1,10} )?(?:sommer)?ferie|ikke på (?:kontoret
    kontor)|på barsel|permisjon|orlov|lomalla|poissa (?:toimistolta|töistä)|vuosiloma|dovolen(?:é|ou)|mimo kancelář
    в отпуске|в командировке|отсутству|не в офисе|izindeyim|ofis dışında|yıllık izin
    """
)
ROUTINE = any_of(
    r"""
    thank(?:s| you) (?:very much )?for your (?:e-?mail|message|mail|note)|limited (?:access|e-?mail)|no access to
    (?:in|for) (?:case of )?(?:an )?(?:urgent|emergenc|immediate|anything urgent)|if (?:this|it|your (?:matter|request
    message)) is urgent|(?:will|shall) (?:\w{1,12} )?(?:reply|respond|answer|get back|return)|(?:upon|on
    after) my return|during my absence|(?:your )?(?:e-?mail|message)s? (?:will )?not be (?:read|forwarded)
    please contact|back (?:in the office )?on|(?:vielen|herzlichen|besten)? ?dank für ihre (?:e-?mail|nachricht|mail)
    in dringenden|dringende[nrs]?|wenden sie sich|nach meiner rückkehr|nicht (?:weitergeleitet|gelesen)
    danke für (?:deine|ihre|eure) (?:e-?mail|mail|nachricht)|lese ich erst|bearbeiten (?:ihr|ihre)\b|will be answered
    i(?:'|’)ll (?:reply|respond|get back|answer)|accès limité|je vous répondrai|responderemos|contestar(?:é|emos)
    nicht (?:\w{1,15} )?(?:bearbeitet|beantwortet|weitergeleitet)|en mon absence|vous adresser à
    wieder (?:\S{1,12} ){0,3}für sie da|(?:demande|message|mail) sera (?:traité|lu)
    dès notre retour|wieder (?:im büro|erreichbar|da)|vertretung|merci pour votre|j'ai bien reçu|en cas d'urgence
    dès mon retour
    à mon retour|pour toute (?:urgence|demande)|de retour|veuillez contacter|gracias por su|gracias por tu
    en caso de urgencia|para (?:cualquier )?(?:asunto|tema)s? urgente|a mi (?:regreso|vuelta)|responderé
    póngase en contacto|contacte|grazie per (?:la|il)|per (?:urgenze|comunicazioni urgenti|qualsiasi)
    in caso di urgenza|al mio (?:rientro|ritorno)|rispond(?:erò|o)|contattare|rivolgersi|obrigad[oa] pel[oa]
    em caso de (?:urgência|emergência)|assuntos urgentes|no meu (?:regresso|retorno)|responderei|contact(?:e|ar)
    entre em contato|bedankt voor (?:uw|je)|bij (?:spoed|dringende)|voor (?:dringende|spoed)|na mijn (?:terugkeer
    vakantie)|neem (?:dan )?contact|weer (?:aanwezig|bereikbaar|terug)|お急ぎ|緊急|ご迷惑|ご連絡(?:いただ|ください|を)
    返信(?:が|は)|ご了承|紧急|緊急|如有|急事|尽快回复|回来后|联系
    w pilnych|w sprawach|proszę o kontakt|po powrocie|dziękuję za (?:wiadomość|e-?mail|kontakt)|brådskande|kontakta
    tack för (?:ditt|din)|åter(?:kommer|kopplar)|är (?:jag )?tillbaka|hastende|hastesaker|tak for din|takk for
    vender tilbage|ta kontakt|kontakt venligst|kiireellis|kiitos viesti|ota yhteyttä|naléhav|kontaktujte|děkuji za
    срочн|свяжитесь|обращайтесь|по возвращени|спасибо за (?:ваше|письмо)|acil|iletişime|teşekkür
    """
)
# Of the employer alone: who does no longer do something, or not with others, is at work still.
LEFT_MYSELF = any_of(
    r"""
    \bi (?:am |have )?(?:no longer|don't|do not|not) (?:work|employed)\w{0,3} (?:here|(?:at|for|with) (?!you\b|my\b|the
    a\b|any|\w{2,20}s\b)\S|(?:at|for|with) the (?:company|firm|organi[sz]ation))|\bi(?:'m| am) no longer (?:employed
    working (?:here|at|for)|(?:with|at) (?!my\b|the\b|you\b|a\b)\S|part of the (?:company|team|firm|organi[sz]ation))
    \bi(?:'ve| have)? (?:recently |since )?left (?:the company|the firm|the organi[sz]ation|my (?:position|role
    job) (?:at|with)|\w{2,30} (?:on|in) )|\bich (?:bin|arbeite) (?:\w{1,12} ){0,3}nicht mehr (?:(?:bei|für|hier|im
    in|als) (?!den?\b|die\b|das\b|einkauf|vertrieb|marketing|diese)(?:\S{1,30} ){0,4})?(?:tätig|beschäftigt|angestellt)
    \bich arbeite (?:\w{1,12} ){0,2}nicht mehr (?:bei|für|hier|im unternehmen)\b
    \bich bin (?:\w{1,12} ){0,2}nicht mehr (?:bei (?!dem|der|die
    ihnen)|im unternehmen)|ich habe (?:das unternehmen|die firma) (?:\S{1,15} ){0,3}verlassen
    je ne travaille plus (?:chez|pour|ici|au sein|à la|dans (?:cette|l'entreprise|la société))|je ne fais plus partie
    j'ai quitté (?:la société|l'entreprise|mes fonctions)|je ne suis plus (?:chez|en poste|salarié)
    ya no trabajo (?:aquí|(?:en|para) (?!compras|ventas|marketing|finanzas|el |eso|ello))|ya no formo parte
    he dejado (?:la empresa|de trabajar (?:en|para|aquí))|non lavoro più (?:qui|(?:in|per|presso|a|alla) )
    non faccio più parte|ho lasciato l'azienda|(?:não trabalho mais|já não trabalho) (?:aqui|na|no|em|para)
    já não faço parte|deixei a empresa|ik werk (?:\w{1,12} )?niet (?:meer|langer) (?:bij|voor|hier)|ik werk hier niet
    ik ben (?:\w{1,12} )?niet (?:meer|langer) werkzaam|ik heb .{2,40} verlaten|退職(?:し|いた|致)|退社(?:し|いた|致)
    我已(?:经)?离职|我已離職
    (?:już )?nie pracuję już|już nie pracuję|jag (?:jobbar|arbetar) inte längre|jag har slutat|jeg (?:arbejder|jobber
    arbeider) ikke (?:længere|lenger)|en ole enää|již (?:zde )?nepracuji|я (?:здесь )?больше не работаю
    """
)
LEFT = any_of(
    r"""
    no longer (?:work\w{0,3}|employed|with (?!out)|at|part of|an employee|associated|in this (?:role|position))
    has left (?:the (?:company|firm|organi[sz]ation|business|team)|us|\w{2,30})|is not (?:employed|working) (?:here|at
    with)|nicht mehr (?:\S{1,30} ){0,5}(?:tätig|beschäftigt|angestellt|für uns|bei uns|im unternehmen|in unserem)
    (?:unternehmen|firma|haus) (?:\S{1,15} ){0,3}verlassen|aus (?:dem|unserem) unternehmen ausgeschieden|ausgeschieden
    ne (?:travaille|fait) plus|n'est plus (?:en poste|employé|salarié|parmi|chez|dans)|a quitté (?:la société
    l'entreprise|ses fonctions|notre)|ya no (?:trabaja|forma parte|pertenece|está)|ha dejado (?:la empresa
    de trabajar)|non lavora più|non fa più parte|ha lasciato (?:l'azienda|la società)|(?:já )?não trabalha mais
    já não (?:trabalha|faz parte)|não faz mais parte|deixou a empresa|werkt (?:\w{1,12} )?niet (?:meer|langer)
    niet (?:meer|langer) werkzaam|uit dienst|退職|退社|离职|離職
    nie pracuje już|już nie pracuje|(?:jobbar|arbetar) inte längre|har slutat|(?:arbejder|jobber
    arbeider) ikke (?:længere
    lenger)|er fratrådt|ei ole enää|již (?:zde )?nepracuje|больше не работает
    """
)
UNREAD = any_of(
    r"""
    (?:mailbox|e-?mail (?:address|account)|address|inbox) (?:is |has been )?(?:no longer|not) (?:being )?(?:monitored
    in use|used|active|checked|read|valid|attended)(?! (?:very|daily|every|often|regularly|that|much|so|as|by))|(?:diese
    die) (?:e-?mail-?adresse|postfach|adresse) (?:ist
    wird) nicht mehr|cette (?:adresse|boîte)(?: \S{1,15}){0,3} n'est plus|esta (?:dirección
    cuenta)(?: \S{1,15}){0,4} ya no|questo indirizzo(?: \S{1,15}){0,3} non è più|este (?:endereço
    e-?mail)(?: \S{1,15}){0,3} (?:já )?não|dit (?:e-?mailadres|adres|postvak) (?:is|wordt) niet (?:meer|langer)
    このメールアドレスは(?:現在)?(?:使用|利用)|此邮箱(?:已)?(?:停用|不再)
    """
)
ACKNOWLEDGES = any_of(
    r"""
    (?:ticket|case|request|enquiry|inquiry|message) (?:\S{1,30} ){0,3}(?:has been|was) (?:received|created|opened
    registered|logged)|we(?:'ve| have) (?:successfully )?received your
    (?:logged|registered) your (?:request|message|e-?mail)|dank für ihre (?:anfrage|kontaktaufnahme)
    nous est (?:bien )?parvenue?|you have reached the (?:mailbox|inbox|desk)|due to (?:a |the )?high (?:demand|volume)
    (?:notre|nos) (?:équipes?|services?|conseillers?) (?:\S{1,12} ){0,3}(?:reviendr|répondr|traiter)|your (?:ticket|case
    reference) (?:number|id|no)
    (?:anfrage|nachricht|ticket|e-?mail) (?:\S{1,30} ){0,3}(?:ist|wurde) (?:\S{1,20} ){0,3}(?:eingegangen|erstellt
    angelegt|registriert)|(?:ihre|deine) (?:anfrage|nachricht|e-?mail) (?:\S{1,20} ){0,2}erhalten|haben wir erhalten
    ticketnummer|(?:demande|message|ticket) (?:\S{1,30} ){0,3}a (?:bien )?été (?:reçue?|créée?|enregistrée?
    prise? en compte)|nous avons bien reçu votre|(?:solicitud|mensaje|consulta
    ticket) (?:\S{1,30} ){0,3}ha sido (?:recibid|cread|registrad)|hemos recibido (?:su|tu)|(?:richiesta|messaggio
    ticket) (?:\S{1,30} ){0,3}è stat[oa] (?:ricevut|creat|registrat|pres)|abbiamo ricevuto (?:la|il) (?:sua|tua|suo
    tuo|vostra)|(?:pedido|mensagem|solicitação|chamado) (?:\S{1,30} ){0,3}foi (?:recebid|criad|registrad|abert)
    recebemos (?:a|o) (?:sua|seu)|(?:aanvraag|bericht|ticket|melding) (?:\S{1,30} ){0,3}is (?:ontvangen|aangemaakt
    geregistreerd)|(?:wij|we) hebben (?:uw|je) (?:\S{1,20} ){0,2}ontvangen|お問い?合わ?せ.{0,40}(?:受け付け|受付
    ありがとう)|已收到您的|我们已(?:经)?收到
    zgłoszenie (?:\S{1,30} ){0,3}zostało|otrzymaliśmy (?:twoj|państwa|pana|pani)|vi har (?:tagit emot|mottagit) (?:ditt
    din)|ärendet? (?:\S{1,30} ){0,3}(?:har )?(?:skapats|registrerats)|vi har (?:modtaget|mottatt) din
    olemme vastaanottaneet
    přijali jsme|ваш\w{0,3} (?:обращение|заявка|запрос|письмо) (?:\S{1,30} ){0,3}(?:принят|зарегистрирован|получен)
    """
)
TICKET = any_of(
    r"""
    ticket|case (?:id|no|number|#)|reference (?:id|no|number)|ref(?:erence)?[.:] ?#?|\[#|support (?:team|request|desk)
    help ?desk|(?:reply|respond|get back|answer) (?:to you )?(?:\S{1,12} ){0,4}(?:within|shortly|as soon as|soon)
    business (?:days?|hours)|(?:within|innerhalb(?: von)?|binnen|sous|entro|plazo de|délai de|em até) (?:\d{1,3}|one|two
    two to
    zwei|drei|deux|dos|due|dois) (?:working )?(?:hours|days|stunden|werktag\w{0,2}|tagen?|heures|jours|horas|días|ore
    giorni|dias|uur|werkdagen)|vorgangsnummer|ticketnummer|schnellstmöglich|so schnell wie möglich|werktag|numéro de
    dans les (?:plus brefs|meilleurs) délais|número de|a la brevedad|lo antes posible|numero di|il prima possibile
    número do|o mais breve|em breve|referentie|zo (?:snel|spoedig) mogelijk|werkdag|受付番号|営業日|担当者より|工单
    编号|尽快
    support (?:staff|agents?|specialists?)|(?:being|be) reviewed|add (?:additional |more |further )?comments
    numer zgłosz
    ärendenummer|sagsnummer|saksnummer|jak najszybciej|snarast|så snart|номер (?:обращения|заявки|запроса)
    ближайшее время
    """
)
RECEIPT_SUBJECT = any_of(
    r"""
    (?:read|gelesen|lu|leído|letto|letta|lida|gelezen|read receipt|return receipt|not read|ungelesen|lesebestätigung
    accusé de lecture|開封済み|已读)\b.{0,10}?[:：(\-]|(?:read|return) receipt|lesebestätigung|empfangsbestätigung
    開封|已读
    """
)
RECEIPT = any_of(
    r"""
    was (?:read|displayed|opened|deleted)|has been (?:read|displayed|opened)|return receipt|read receipt
    wurde (?:\S{1,20} ){0,8}(?:gelesen|geöffnet|angezeigt)|gelesen (?:am|wurde)|a été lu|ha sido leído|fue leído
    è stato letto|foi lid[ao]|is gelezen|開封|已(?:被)?阅读|已读
    """
)
CHALLENGE = any_of(
    r"""
    (?:not|isn't) (?:yet )?(?:in|on) (?:his|her|my|our|their|the recipient's) (?:address ?book|contacts?
    approved senders|allow(?:ed)? ?list|safe ?list|white ?list|list of)
    confirm your (?:e-?mail )?address by clicking|waiting for (?:your )?(?:confirmation|verification)
    (?:confirm|verify|prove) (?:that )?you(?:'re| are) (?:not )?(?:a )?(?:human|person|real|spam|robot)|(?:click
    follow|reply to) (?:\S{1,20} ){0,8}to (?:\S{1,20} ){0,4}(?:deliver|release) your (?:message|e-?mail)|(?:message
    e-?mail) (?:\S{1,15} ){0,4}(?:is being|has been|was|is) (?:held|quarantined|blocked
    on hold)(?: \S{1,20}){0,8} (?:confirm|verif|authenticat|approv|click)|sender verification|boxbe|spam ?arrest
    mailinblack|challenge[ /-]response|bluebottle|(?:uses|using) (?:a |an )?(?:\S{1,20} ){0,2}(?:anti-?spam
    spam (?:filter|protection|blocker))(?: \S{1,20}){0,20} (?:confirm|verif|click)|(?:je vous demande
    merci) de (?:vous )?(?:authentifier|confirmer|cliquer)(?: \S{1,20}){0,20} (?:humain|robot|message|mail)
    """
)
# What nobody says but who has read the mail: interest, a proposal, what is asked for, an objection.
PERSONAL = any_of(
    r"""
    \b(?:i am|i'm|we are|we're|be|very|not|is|actually) interested\b|\binteresting\b|\blet'?s\b
    \b(?:i|we)(?:'d| would) (?:love|prefer|be (?:happy|glad) to (?:talk|meet|see|hear)|like (?!to (?:acknowledge|confirm
    inform|thank|let you|assure|advise|notify|apologi)))|(?<!if )(?<!should )\bwe (?:want|need)\b
    \bsend (?:it|over|(?:me|us) (?:a|an|the|some|more|over|it)\b)|give me a (?:call|ring)|\b(?:looks|sounds) (?:good
    great|like)|\byour (?:proposal|offer|idea|pitch|product|demo|price|pricing|quote|tool|suggestion)\b
    happy to (?:talk|chat|meet|discuss|see|hear)|works for (?:me|us)\b|\bgo ahead\b|not for us
    (?:contact|call|ring|phone|try|ping|write|e-?mail|reach) me (?:\w{1,10} )?(?:on|next|in|after|this) (?:the \d|mon
    tue|wed|thu|fri|week|month|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)|(?:use|write to|reach me at) my (?:own
    new|private|other)|\bbut (?:yes|sure|very|your|this)\b|\btalk (?:on|next|when|after|then)
    (?:haben|habe|hätte|hätten|besteht|grundsätzlich|großes|mein|unser|kein) (?:\w{1,12} ){0,2}interesse|interessant
    (?:bin|sind) (?:\w{1,12} )?interessiert|interessiert (?:mich|uns)|gefällt (?:mir|uns)|vorschlag gefällt|\bspannend
    \b(?:about|knows) (?:this|it|your (?:mail|e-?mail|message)|about)\b|va vous (?:appeler|écrire)|cuando vuelva
    \b(?:i|i've|i have) (?:forwarded|passed)\b|habe (?:\S{1,20} ){0,6}weitergeleitet|j'ai (?:transmis|transféré)
    he (?:reenviado|pasado)|ll[aá]ma(?:me|nos)|\bihr(?:e[nmr]?|em)? (?:angebot|vorschlag|idee|produkt|preis\w{0,2}
    demo)\b
    (?:können|könnten|sollten) wir (?:gern|uns|telefon|sprechen|dann)|(?:rufen|ruf) (?:sie )?mich (?:bitte )?(?:am|ab|im
    nach|nächste|dann|doch)|(?:schicken|senden) sie (?:mir|uns) (?:\w{1,8} ){0,2}(?:ein|eine|das|die|den|mehr|unterlagen
    infos)\b|lassen sie uns (?:\S{1,12} ){0,4}(?:sprechen|telefonieren|reden|treffen|austauschen)|passt (?:mir|uns|gut)
    \bsondern (?:an|unter)\b|\bdanach (?:gern|können|sehr)|(?:ich|wir) würde\w? (?:gern|mich|uns)
    (?:m'|nous )intéress|(?:suis|sommes) intéress|intéressant|(?:envoyez|rappelez|envoie|rappelle)[- ](?:moi|nous)
    \bvotre (?:offre|proposition|idée|produit)\b|on en (?:parle|reparle|discute)|parlons|discutons|volontiers
    avec plaisir|\bd'accord\b|(?:pouvez|pourriez|peux|pourrais)[- ](?:vous|tu)\b|me (?:va|convient)\b
    (?:me|nos) interesa|(?:estoy|estamos) interesad|interesante|hablamos|hablemos|m[aá]nd[ae](?:me|nos)
    env[ií][ae](?:me|nos)|\b(?:su|tu|vuestra) (?:propuesta|oferta|idea)\b|me parece|de acuerdo[,.!]|quedamos
    (?:mi|ci) interess|(?:sono|siamo) interessat|interessante|sentiamoci|parliamone|mandami|inviami|mi mandi|mi invii
    (?:tua|sua|vostra) (?:proposta|offerta|idea)\b|va bene|d'accordo
    me interess|(?:estou|estamos) interessad|vamos (?:falar|conversar|marcar)|envie-me|me (?:envie|mande)
    (?:sua|tua|vossa) (?:proposta|oferta)\b|parece(?:-me)? bem|geïnteresseerd|laten we|\bbel me\b|stuur (?:me|mij|ons)
    (?:uw|je) (?:voorstel|aanbod)\b|klinkt (?:goed|interessant)|lijkt (?:me|ons)
    """
)
