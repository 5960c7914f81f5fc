"""The wording of pains and openings, by language: regular expressions of whole words; each line is one kind."""

_GOOD = (
    r"revenues?|sales|turnover|profits?|margins?|enrol\w{1,20}|memberships?|visitors?|attendance|occupancy|retention|"
    r"satisfaction|orders|donations?|income|market share|productivity|reply rates?|open rates?|applications"
)
_BAD = (
    r"costs?|prices|churn|complaints?|absen\w{1,20}|sick leave|waiting (?:times?|lists?)|wait times?|debts?|errors?|"
    r"defects?|"
    r"returns|delays?|cancellations?|outages?|vacancies|accidents?|thefts?|fraud|workloads?|rents?|premiums?"
)
_FELL = (
    r"(?:fell|fall(?:s|en|ing)|declin\w{1,20}|drop(?:s|ped|ping)|shrank|shrunk|shrinking|slump\w{1,20}|"
    r"decreas\w{1,20}|plunge[ds]?)"
)
_ROSE = (
    r"(?:ros[e]|rise[ns]?|rising|increas\w{1,20}|doubl\w{1,20}|tripl\w{1,20}|grew|grow(?:n|s|ing)|soar\w{1,20}|"
    r"climb\w{1,20}|surg\w{1,20}|jumped)"
)

PAINS: dict[str, tuple[str, ...]] = {
    "en": (
        r"struggl(?:e|es|ed|ing)|battl(?:e|es|ing) with|suffer(?:s|ed|ing)? from",
        r"lack(?:s|ed|ing)?(?: of)?|shortages?|short of|short-staffed|understaffed|no time (?:for|to)|not enough",
        r"overwork\w{0,20}|overload\w{0,20}|overwhelmed|burn(?:ed|t)?[ -]?out|exhaust(?:ed|ion)|stress(?:ed)?|"
        r"understaffing",
        r"(?:is|are|was|were|been|remain(?:s|ed)?) unable to|fail(?:s|ed|ing)? to|(?:can ?not|can't|could not|"
        r"couldn't) "
        r"(?:afford|find|keep|cope|hire|fill|recruit|retain|meet|handle|pay|see|tell|reach|get|connect|serve|work|"
        r"compete)",
        r"failures?|crash(?:ed|es|ing)?|outages?|downtime|breakdowns?|cancelled|broke down",
        r"difficult(?:y|ies)?(?: to| in| for| with)?|hard(?:er|est)? (?:to|for)|hardship",
        r"bottlenecks?|backlogs?|obstacles?|barriers?|hurdles?|challenges?|problems?|gaps? in|headaches?",
        r"(?:too|far too) (?:slow|expensive|costly|complex|few|little|late|long|many|much|manual|old)(?:ly)?|outdated|"
        r"obsolete|inefficien\w{1,20}|unreliable|error-prone",
        r"complain(?:s|ed|ing|ts?)?|frustrat\w{1,20}|dissatisf\w{1,20}|unhappy|worr(?:y|ies|ied)|concern(?:s|"
        r"ed) (?:about|over|"
        r"that)|"
        r"fears? (?:that|of)|criticis\w{1,20}",
        r"unfilled|vacant|vacanc(?:y|ies)|(?:staff|teacher|employee|crew) turnover|resign(?:ed|ations?)|quit(?:s|"
        r"ting)?",
        r"(?:late|delayed|missed) (?:deliver\w{1,20}|payments?|shipments?|invoices?|orders?|deadlines?)|delays|delayed|"
        r"behind schedule|overdue",
        r"penalt(?:y|ies)|fined|fines (?:of|for)|lawsuits?|breach(?:es|ed)?|shortfalls?|deficits?|losses",
        r"by hand|manually|manual (?:work|entry|process\w{0,20}|data|steps?|checks?|labou?r|tasks?)|paperwork|"
        r"time-consuming|tedious|wast(?:e|es|ed|ing) (?:of )?\w{1,20}",
        r"los(?:e|es|ing|t) (?:\S{1,30} ){0,3}(?:money|customers?|clients?|hours?|patients?|staff|members?|revenue|"
        r"time|"
        r"sales|"
        r"orders?|contracts?|a week|drivers?|teachers?|nurses?)",
        rf"(?:{_GOOD})(?: \S{{1,30}}){{0,5}} {_FELL}|(?:{_BAD})(?: \S{{1,30}}){{0,5}} {_ROSE}|"
        rf"(?:rising|soaring|growing) (?:{_BAD})",
        r"risks? of|at risk|threat(?:s|ens|ened)?|vulnerab\w{1,20}|crisis|layoffs|poor(?:ly)? (?:\w{1,20}ed|quality|"
        r"data|"
        r"service)",
    ),
    "de": (
        r"fehlt|fehlen|fehlte|fehlten|mangelt|\w{0,20}mangel|\w{0,20}engp[aä]ss\w{0,20}|knapp an|"
        r"unterbesetzt\w{0,20}|personalnot",
        r"unbesetzt\w{0,20}|(?:nicht|kaum) (?:zu )?besetz(?:t|en)|offene[nr]? stellen|überlast\w{0,20}|"
        r"überforder\w{0,20}|erschöpf\w{0,20}|überstunden|"
        r"kündigen reihenweise",
        r"zu (?:langsam|teuer|lange?|spät|komplex|aufwendig|aufwändig|umständlich|wenig|wenige)\w{0,20}|"
        r"veraltet\w{0,20}|"
        r"überaltert\w{0,20}",
        r"beschwer(?:en|t|te|ten) sich|\w{0,20}beschwerden?|beklag\w{1,20}|klag(?:en|t|te|ten) über|"
        r"unzufrieden\w{0,20}|frustriert\w{0,20}|"
        r"verärgert\w{0,20}|bemängel\w{1,20}",
        r"schwierigkeit\w{0,20}|schwierig\w{0,20}|schwer(?:er)? zu|\w{0,20}problem(?:e|en|s)?|kämpf(?:t|en|te|ten) mit|"
        r"tun? sich schwer|"
        r"haben mühe|leide[nt] (?:\w{1,20} )?unter|herausforderung\w{0,20}|sorgen? bereitet|sorgen",
        r"\w{0,20}ausf[aä]ll\w{0,20}|stürzt\w{0,20} \w{1,20} ab|stürzen \w{1,20} ab|\w{0,20}störung(?:en)?|"
        r"defekt\w{0,20}|pannen?",
        r"verzöger\w{1,20}|verspät\w{1,20}|\w{0,20}wartezeit\w{0,20}|\w{0,20}rückst[aä]nd\w{0,20}|rückstau|in verzug|"
        r"wochenlang warten",
        r"von hand|händisch\w{0,20}|manuell\w{0,20}|papierkram|bürokrati\w{1,20}|zettelwirtschaft|zeitraubend\w{0,20}",
        r"verlier(?:en|t)|verlust\w{0,20}|verlor(?:en)?|rückgang|rückläufig\w{0,20}|einbruch|fehlbetrag|"
        r"defizit\w{0,20}",
        r"strafen|strafzahlung\w{0,20}|bußgeld\w{0,20}|kann (?:\S{1,30} ){0,6}nicht (?:mehr )?(?:finden|leisten|"
        r"halten|bezahlen)|"
        r"können "
        r"(?:\S{1,30} ){0,6}nicht (?:mehr )?(?:finden|leisten|halten|bezahlen|besetzen)|risik\w{1,20}|"
        r"bedroht\w{0,20}|krise",
        r"(?:kosten|preise|mieten|fehlzeiten|krankenstand)(?: \S{1,30}){0,5} (?:gestiegen|steigen|stiegen|"
        r"verdoppelt\w{0,20})|"
        r"(?:umsatz|umsätze|gewinn|auslastung|besucherzahl\w{0,20})(?: \S{1,30}){0,5} (?:gesunken|sank|sanken|gefallen|"
        r"eingebrochen)",
    ),
    "es": (
        r"faltan?|falta de|escasez|escasean?|carece[n]?|insuficiente\w{0,20}|sin cubrir|vacantes?",
        r"se quejan?|quejas?|quejaron|descontent\w{1,20}|insatisf\w{1,20}|frustrad\w{1,20}|preocupa\w{0,20}|critican?",
        r"retras\w{1,20}|demoras?|lentitud|colas? de espera|listas? de espera|atrasos?",
        r"problemas?|dificultad(?:es)?|difícil\w{0,20}|les? cuesta|cuesta (?:encontrar|contratar)|obstáculos?|"
        r"desafíos?|"
        r"reto de",
        r"no (?:se )?(?:puede|pueden|logra|logran|consigue|consiguen|encuentra|encuentran|da abasto|dan abasto)",
        r"demasiad[oa]s? \w{1,20}|obsolet\w{1,20}|anticuad\w{1,20}|averías?|fallos?|caídas? del sistema|"
        r"ineficien\w{1,20}",
        r"papeleo|burocracia|a mano|manualmente|en papel",
        r"saturad\w{1,20}|desbordad\w{1,20}|agotad\w{1,20}|sobrecarg\w{1,20}|sufren?|multas?|sanciones|pérdidas?|"
        r"perdió|perdieron|pierden?",
        r"(?:ventas|ingresos|cosecha|producción|beneficios?|visitantes)(?: \S{1,30}){0,5} (?:cay\w{1,20}|baj\w{1,20}|"
        r"descend\w{1,20}|"
        r"se redujo)|"
        r"redujo (?:\S{1,30} )?(?:cosecha|ventas|producción|ingresos)|(?:costes?|"
        r"precios)(?: \S{1,30}){0,4} (?:sub\w{1,20}|"
        r"aument\w{1,20})|riesgos?",
    ),
    "fr": (
        r"manquent?|manque de|pénuries?|insuffisan\w{1,20}|non pourvus?|vacante?s?|sous-effectif",
        r"peinent? à|difficultés?|difficiles? (?:de|à)|(?:a|ont) du mal à|problèmes?|obstacles?|défis?|"
        r"n'arrivent? pas à|"
        r"ne (?:peut|peuvent|parvient|parviennent) (?:pas|plus)",
        r"se plaign\w{1,20}|s.en plaign\w{1,20}|plaintes?|mécontent\w{0,20}|insatisf\w{1,20}|frustr\w{1,20}|"
        r"inquiet\w{0,20}|inquièt\w{1,20}|déplor\w{1,20}",
        r"retards?|files? d.attente|délais? (?:trop )?longs?|listes? d.attente",
        r"trop (?:lent|coûteu|cher|long|complex|peu|tard)\w{0,20}|obsolètes?|vétustes?|pannes?|inefficac\w{1,20}",
        r"à la main|manuellement|paperasse|bureaucratie|sur papier|chronophages?",
        r"surcharg\w{1,20}|débordé\w{0,20}|épuis\w{1,20}|souffr(?:e|ent|ait)|pertes?|perd(?:u|ent|s)?|amendes?|"
        r"déficits?|risques? de",
        r"(?:ventes?|chiffre d.affaires|fréquentation|recettes)(?: \S{1,30}){0,5} (?:baiss\w{1,20}|chut\w{1,20}|"
        r"recul\w{1,20})|"
        r"(?:coûts?|prix|loyers?)(?: \S{1,30}){0,5} (?:augment\w{1,20}|doubl\w{1,20}|flamb\w{1,20})",
    ),
    "ja": (
        r"不足|足りず|足りない|人手が足り|人材難|欠員",
        r"遅れ|遅延|滞って|待ち時間|長期化",
        r"問題になって|問題が|問題を抱え|問題と|課題|深刻|困難|悩|苦しん|難航",
        r"苦情|不満|クレーム|批判",
        r"負担|過重|疲弊|残業|離職|赤字|損失|落ち込|低迷",
        r"老朽化|旧式|故障|停止し|不具合|欠品|障害が",
        r"できない|できず|手作業|手入力|紙の帳票|間に合わ",
    ),
}
_MEANS = (
    r"(?:plan(?:s|ned|ning)? to|intends? to|aims? to|wants? to|hopes? to|"
    r"expects? to (?:sign|buy|hire|open|launch|invest))"
)
OPENINGS: dict[str, tuple[str, ...]] = {
    "en": (
        _MEANS,
        r"will (?:soon |also )?(?:launch|open|reopen|hire|invest|expand|buy|purchase|procure|start|introduce|spend|"
        r"roll out|"
        r"build|replace|migrate|adopt|pilot|tender|publish (?:the|a) tender)",
        r"(?:is|are|am|was|were|be|been) (?:\w{1,20} )?(?:hiring|recruiting|looking for|searching for|seeking)|seeks?|"
        r"seeking|"
        r"looking for (?:an? |new )?(?:partners?|suppliers?|vendors?|providers?)|in search of|wanted:",
        r"tenders?|requests? for proposals?|rfps?|call for (?:bids|proposals)|shortlist\w{0,20}",
        r"(?:approved|set aside|reserved|raised|allocated|earmarked|secured|won|received|granted|"
        r"awarded)(?: \S{1,30}){0,4} "
        r"(?:budgets?|grants?|funding|funds?|\S{0,20}\d\S{0,20}(?: million| billion| m\b)?)(?: \S{1,30}){0,6}|"
        r"budget (?:of|for)|"
        r"(?:funding|grants?|subsid(?:y|ies)) (?:of|for|to)|series [a-e] ",
        r"demand (?:for )?(?:\S{1,30} ){0,8}?(?:is growing|grew|grows|growing|doubl\w{1,20}|tripl\w{1,20}|ros[e]|"
        r"rises|rising|"
        r"increas\w{1,20}|"
        r"surg\w{1,20})|(?:growing|rising|strong) demand",
        r"interested in|willing to|open to|ready to (?:buy|invest|adopt|switch|pay)|welcomes? (?:offers|partners)",
        r"pilot(?:s|ed|ing)? (?:project|programme|program|scheme|of|at|with|in)|piloting|expand(?:s|ing)? (?:into|to|"
        r"its)|"
        r"expansion (?:into|to|of)|invest(?:s|ing|ed)? (?:in|\S{0,20}\d)",
        r"opportunit(?:y|ies)|untapped|underserved|unmet|potential (?:for|to|of)|new (?:law|rules?|regulations?|"
        r"mandate)s?|"
        r"mandat(?:es|ed)|contract (?:ends|expires|runs out)|adopt(?:s|ing|ion)",
    ),
    "de": (
        r"plant|planen|sucht|suchen|gesucht (?:wird|werden)|beabsichtig\w{1,20}|vorgesehen",
        r"\w{0,20}ausschreibung\w{0,20}|schreib\w{1,20} .{0,40}\baus|investier(?:t|en)|\w{0,20}investition\w{0,20}|"
        r"fördert|gefördert\w{0,20}|"
        r"fördermittel|"
        r"förderung|zuschuss|zuschüsse|budget (?:von|für)",
        r"(?:will|wollen|möchte|möchten) (?:\S{1,30} ){1,10}(?:einführen|bauen|eröffnen|einstellen|ausbauen|"
        r"investieren|"
        r"testen|"
        r"erweitern|anschaffen|umstellen|modernisieren|kaufen|beauftragen)",
        r"nachfrage (?:\S{1,30} ){0,8}(?:steigt|wächst|gestiegen|stieg|verdoppel\w{1,20})|(?:steigende|wachsende|"
        r"hohe) nachfrage",
        r"eröffnet|erweiter(?:t|n)|expandier\w{1,20}|expansion|pilotprojekt\w{0,20}|erprob(?:t|en)|führ(?:t|"
        r"en) .{0,40}\bein",
        r"interess(?:e an|iert sich|ieren sich)|offen für|chancen?|potenzial\w{0,20}|potential\w{0,20}",
    ),
    "es": (
        r"buscan?|prevén?|estudian? \w{1,20}[aei]r|pedido ofertas|planean?|tienen? previsto|quieren? \w{1,20}[aei]r|"
        r"proyectan?",
        r"invertir(?:á|án)|invierten?|inversión(?:es)?|subvención(?:es)?|subvenciones|ayudas? de|financiación|"
        r"presupuesto de",
        r"(?:abrir|lanzar|contratar|ampliar|implantar|incorporar|comprar|construir)(?:á|án)",
        r"licitación(?:es)?|concurso público|proyecto piloto",
        r"demanda (?:\S{1,30} ){0,8}(?:crece|creció|aumenta|aumentó|se duplicó|sube)|creciente demanda",
        r"oportunidad(?:es)?|potencial|interesad\w{1,20} en|dispuest\w{1,20} a",
    ),
    "fr": (
        r"prévoi(?:t|ent)|envisagent?|souhaitent?|comptent? \w{1,20}(?:er|ir|re)|projettent?|veulent? \w{1,20}(?:er|"
        r"ir|re)",
        r"(?<!la )(?<!de )(?<!en )(?:re)?cherchent? (?:un|une|des|à)",
        r"investi(?:r|t|ssent|ra|ront)|investissements?|subventions?|financements?|budget de",
        r"appels? d.offres|projets? pilotes?|(?:recrut|embauch|lanc)(?:e|ent|era|eront)|ouvrir(?:a|ont)",
        r"demande (?:\S{1,30} ){0,8}(?:a doublé|augmente|a augmenté|progresse|croît|explose)|demande croissante",
        r"opportunités?|potentiel|intéressée?s? par|prêts? à",
    ),
    "ja": (
        r"検討して|検討中|予定だ|予定で|計画だ|計画し|計画が|方針だ|目指(?:す|し)",
        r"導入する|導入を|採用する|募集|公募|入札|調達",
        r"投資する|投資し|投資を|補助金|助成|予算を",
        r"需要.{0,12}(?:増|伸|高ま|拡大)|商機|機会|拡大する",
        r"求めている|探している|提携|参入|開設する|新設する",
    ),
}  # fmt: skip
DENIED: dict[str, str] = {
    "en": r"no|not|nobody|nothing|none|never|without|fewer|less|reduc\w{1,20}|solv\w{1,20}|avoid\w{0,20}|"
    r"eliminat\w{1,20}|overc[oa]me\w{0,20}|"
    r"cut(?:s|ting)?|prevent\w{0,20}|"
    r"fix\w{0,20}|eas(?:e|es|ed|ing)|lower\w{0,20}|halv\w{1,20}|tackl\w{1,20}|instead of|against|handl\w{1,20}|"
    r"predict\w{0,20}|detect\w{0,20}|ended|ends|"
    r"free of|no longer|lacks?",
    "de": r"kein\w{0,20}|nicht|nie|ohne|weniger|reduzier\w{0,20}|senk\w{0,20}|vermeide\w{0,20}|lös(?:t|en|te|ten)|"
    r"beseitig\w{0,20}|verhinder\w{0,20}|"
    r"gegen|statt|beende\w{0,20}",
    "es": r"ningún|ninguna|nunca|sin|menos|reduce\w{0,20}|evita\w{0,20}|resuelve\w{0,20}|resolvió|elimina\w{0,20}|"
    r"contra|redujo los|"
    r"redujo las",
    "fr": r"aucune?|jamais|sans|moins de|rédui\w{1,20}|évit\w{1,20}|résou\w{1,20}|résolu|élimin\w{1,20}|contre|lutte",
    "ja": r"無|没有",
}
EASED: dict[str, str] = {
    "en": r"(?: \S{1,30}){0,4}? (?:fell|fallen|dropped|declined|decreased|shrank|halved|were (?:cut|solved)|was (?:cut|"
    r"solved)|"
    r"went down|disappeared|ended|is over|are over|gone)\b",
    "de": r"(?: \S{1,30}){0,5}? (?:gesunken|sank|sanken|halbiert\w{0,20}|zurückgegangen|behoben|gelöst|beendet)\b",
    "es": r"(?: \S{1,30}){0,4}? (?:cayeron|cayó|bajaron|bajó|disminuy\w{1,20}|se resolvi\w{1,20}|desapareci\w{1,20})\b",
    "fr": r"(?: \S{1,30}){0,4}? (?:ont baissé|a baissé|ont diminué|a diminué|résolus?|disparu\w{0,20})\b",
    "ja": r".{0,8}(?:減少し|減った|解消|解決し|なくな|なく)",
}
