"""What stands on pages around their text: notices, labels of buttons, requests to subscribe. In several languages."""

import re

from shared.kit.patterns import lazy_pattern

# A sentence with one of these talks about the page itself.
_NOTICES = (
    r"\bcookies?\b.{0,80}\b(?:we|our|you|your|us|this (?:site|website|page)|accept|consent|preferences?|settings?)\b",
    r"\b(?:we|our|your|accept|manage|this (?:site|website|page))\b.{0,80}\bcookies?\b",
    r"(?:privacy (?:policy|settings|notice)|terms (?:of (?:use|service)|and conditions))\W{0,9}$|all rights reserved|©|"
    r"copyright \(?c|your (?:consent|inbox|cart|browser)|ad ?blocker|enable javascript|opt[ -]out of",
    r"(?:our|the|this|weekly|daily|free) newsletter|subscribe (?:to|now|for)|unsubscribe|sign (?:up|in) (?:to|for|now)|"
    r"follow us|share (?:this|on)|click (?:here|on|the|to|below)|skip to|leave a (?:comment|reply)|page not found|"
    r"affiliate links?|table of contents|sponsored (?:content|post)|we value your privacy|personali[sz]ed (?:ads|"
    r"advertising)",
    r"^(?:posted|written|published|reviewed|edited) (?:by|on|in)\b|^last (?:updated|modified)|^in this (?:article|post|"
    r"guide|section)|^related (?:articles|posts|stories)|^(?:read|learn|see|find out) more\b|"
    r"^photo(?:graph)?s?(?: credit)?:",
    r"\bwir (?:verwenden|nutzen|setzen)\b.{0,40}\bcookies|alle rechte vorbehalten|newsletter (?:abonnieren|bestellen)|"
    r"jetzt (?:abonnieren|anmelden|teilen|weiterlesen)|abonnieren sie|lesen sie (?:auch|mehr)|^mehr zum thema|"
    r"datenschutzerklärung\W{0,9}$|^artikel (?:teilen|drucken)",
    r"\b(?:utilizamos|usamos)\b.{0,40}\bcookies|suscr[ií]b\w{1,9} a|todos los derechos reservados|"
    r"política de privacidad\W{0,9}$|"
    r"^(?:leer|lea|ver) (?:más|también)|^compart(?:ir|e) en|haga clic|haz clic|nuestro boletín",
    r"\bnous utilisons\b.{0,40}\bcookies|abonnez-vous|inscrivez-vous|tous droits réservés|^lire (?:aussi|la suite)|"
    r"^partage[rz] (?:sur|cet)|cliquez (?:ici|sur)|notre (?:newsletter|lettre d.information)|mentions légales",
    r"この記事を(?:シェア|共有|保存)|シェアする$|会員登録|(?:利用規約|プライバシーポリシー)\W{0,9}$|クッキー|"
    r"続きを読む|関連記事|メールマガジン|無断転載",
)
# A few words alone with one of these are a label; in a whole sentence they may belong to what it says.
_LABELS = (
    r"\blog ?(?:in|out)\b|contact us|book a (?:demo|call)|free trial|get started|add to cart|powered by|advertisement|"
    r"\bmin(?:ute)?s? read\b|sponsored by|privacy (?:policy|settings|notice)|javascript|see all|"
    r"join now|\bcookies?\b|terms (?:of (?:use|service)|and conditions)|impressum|datenschutz|anzeige|werbung|"
    r"aviso legal|"
    r"publicidad|iniciar sesión|publicité|connexion|^by [A-Z]|^von [A-Z]|^por [A-Z]|^par [A-Z]|connections$|followers$"
)
# What asks its reader for something, in other languages than English; `guard` knows English and orders to machines.
_ASKING = lazy_pattern(
    r"^(?!chez )(?:bitte|\w{2,20}en sie|por favor|haga|haz|veuillez|merci de|\w{2,20}ez (?:le|la|les|un|une|ce|cette|"
    r"que))\b|"
    r"(?:ください|下さい|なさい|せよ)[。！]?$",  # noqa: RUF001
    re.IGNORECASE,
)
_NOTICE, _LABEL = lazy_pattern("|".join(_NOTICES), re.IGNORECASE), lazy_pattern(_LABELS, re.IGNORECASE)


def is_furniture(sentence: str, *, ended: bool) -> bool:
    """Whether it is part of the page and not of what the page says; `ended`: it has the full stop of a sentence."""
    return bool(_NOTICE.search(sentence) or _ASKING.search(sentence)) or (not ended and bool(_LABEL.search(sentence)))
