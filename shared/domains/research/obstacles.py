"""What stands in a page's place: recognised by its words and named, so that nobody takes it for what was asked for.

Servers answer 200 for pages that are not there, ask for consent, a login or money first, look whether a person reads,
or leave the text to scripts. All of that is short: a long text is an article, whatever words it has.
"""

import re

from shared.errors import ProviderError
from shared.kit.patterns import lazy_pattern
from shared.kit.sentences import sentences

_SHORT, _TEASER, _NOTICE = 1_200, 2_500, 3_000  # characters; a character of Chinese or Japanese counts as two
_BARE = 300  # likewise: of a page that has nothing else
_CJK = lazy_pattern(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_MARKUP_READ = 1_000_000  # characters of a page's source

_MISSING = lazy_pattern(
    r"\b(?:error )?404\b|\b(?:page|article|site|content|product|listing|profile) (?:was |is |could |can )?(?:not|"
    r"never) (?:be )?"
    r"(?:found|available)|\bpage (?:does not|doesn.t|no longer) exists?|(?:can.t|cannot|couldn.t|"
    r"could not) find (?:the|that|this) "
    r"page|page you (?:(?:were|are|have|.re) )?(?:looking|requested|trying|wanted)|no longer available|"
    r"(?:can.t|cannot|couldn.t|could not) (?:seem to )?find what you.re looking for|"
    r"nothing (?:to see |was found )?here(?: (?:yet|anymore))?[.!\n]|"
    r"seite (?:\w{1,20} )?(?:nicht|existiert|konnte)|nicht gefunden|página no (?:encontrada|existe|disponible)|"
    r"no se (?:ha )?"
    r"(?:encontrado|encontró|pudo encontrar)|page introuvable|page (?:n.existe|demandée)|pagina non trovata|"
    r"ページが(?:見つか|存在し)|お探しのページ",
    re.IGNORECASE,
)
_CONSENT = lazy_pattern(
    r"cookies?\b|\bconsent|privacy|personal(?:i[sz]ed)? (?:data|ads|advertising|content)|\b(?:partners|vendors)\b|"
    r"legitimate interest|\baccept\b|reject all|einwillig|zustimm|datenschutz|consentement|consentimiento|"
    r"partenaires|socios|同意|クッキー",
    re.IGNORECASE,
)
_PAYWALL = lazy_pattern(
    r"(?:subscribe|sign up|register|log in|create (?:a|your)(?: free)? account)[^.]{0,40} to (?:continue|keep|read|"
    r"unlock|access)|"
    r"(?:to|and) (?:continue|keep) reading|to read (?:the (?:full|rest|whole)|this (?:article|story)|more of)|"
    r"(?:for|to) (?:our )?(?:paying )?subscribers|subscribers?[ -]only|already a (?:subscriber|member)\?|"
    r"(?:article|story|content) is (?:reserved )?for (?:\w{1,20} )?(?:subscribers|members)|"
    r"weiterlesen mit|jetzt (?:abonnieren|weiterlesen)|nur für abonnenten|um (?:weiterzulesen|diesen artikel)|"
    r"exklusiv für abonnenten|"
    r"suscr[ií]bete para|(?:exclusivo|solo) para suscriptores|para seguir leyendo|réservé aux abonnés|"
    r"pour lire la suite|"
    r"il vous reste|有料会員|会員限定|この記事は有料|続きを読むには",
    re.IGNORECASE,
)
_UNPAID = lazy_pattern(r"isAccessibleForFree\W{1,9}(?:false|https?://schema\.org/False)", re.IGNORECASE)
_AWAY = lazy_pattern(
    r"\b(?:we are|we.re|site|website|page|service|server|shop|store|app) (?:\w{1,20} ){0,3}(?:down|closed|unavailable|"
    r"offline|under(?:going)?) (?:for )?(?:\w{1,20} )?maintenance|back (?:soon|shortly)\b|"
    r"\baccount (?:has been |is |was )?suspended|\b(?:this|the) domain (?:name )?(?:is|may be) (?:for sale|parked)|"
    r"\b(?:500 internal server error|502 bad gateway|50[34] (?:service|gateway)|429 too many)|"
    r"\bservice (?:is )?(?:temporarily )?unavailable\b|"
    r"wegen wartungsarbeiten|mantenimiento programado|en maintenance|maintenance en cours|メンテナンス中",
    re.IGNORECASE,
)
_LOGIN = lazy_pattern(
    r"(?:log|sign) ?in (?:or \w{1,20} (?:up )?)?to (?:continue|view|see|access|your account)|"
    r"join (?:now )?to (?:view|see)|"
    r"you must be logged in|melden sie sich an, um|inicia sesión para|connectez-vous pour|ログインしてください",
    re.IGNORECASE,
)
_CHECK = lazy_pattern(
    r"checking (?:your browser|if the site connection)|verify(?:ing)? (?:that )?you are (?:a )?human|just a moment|"
    r"unusual traffic|are you a robot|not a robot|\bcaptcha\b|access denied|request (?:was )?blocked|"
    r"complete the security check|attention required|access to this page has been denied|"
    r"pardon our interruption|"
    r"enable javascript and cookies to continue|ddos protection|bestätigen sie, dass sie ein mensch",
    re.IGNORECASE,
)
_SHELL = lazy_pattern(
    r"(?:enable|requires?|needs?|turn on|activate|without) javascript|javascript (?:is|must be|to be) (?:disabled|"
    r"enabled|required|"
    r"turned)|javascript aktivieren|aktivieren sie javascript|activar javascript|activer javascript|javascriptを有効|"
    r"^loading\W{0,9}$",
    re.IGNORECASE | re.MULTILINE,
)
_TAGS = lazy_pattern(r"<[^<>]{0,2000}>")


def check(url: str, title: str, text: str, markup: str = "") -> None:
    """Raise ProviderError, which says what is there, unless a page's text is its own. `markup`: its source."""
    if obstacle := _obstacle(title, text, markup):
        raise ProviderError(f"{url} {obstacle}")


def _obstacle(title: str, text: str, markup: str) -> str | None:
    length = len(text) + len(_CJK.findall(text[:_NOTICE]))
    start = f"{title}\n{text[:400]}"
    if length < _SHORT and _CHECK.search(start):
        return "checks whether a person reads it, and showed nothing else."
    if length < _SHORT and _MISSING.search(start):
        return "says that there is no such page, although it answered as if there were one; check the address."
    if length < _BARE and _AWAY.search(start):
        return "is out of service for now, or given up; try again later, or another address."
    if length < _SHORT // 2 and _SHELL.search(start):
        return "makes its text with scripts, which are not run here."
    if length < _NOTICE and _asks_for_consent(text):
        return "shows its notice about cookies and privacy in place of its text."
    if length < _TEASER and _is_teaser(text, markup[:_MARKUP_READ]):
        return "shows only the beginning of its text to readers who have not paid or subscribed."
    if length < _SHORT and _LOGIN.search(f"{title}\n{text}"):
        return "asks for a login in place of its text."
    return None


def _asks_for_consent(text: str) -> bool:
    """Whether most of what it says is about consent."""
    spoken = [sentence for sentence in sentences(text) if len(sentence) > 3]
    consenting = sum(len(sentence) for sentence in spoken if _CONSENT.search(sentence))
    return consenting > 0.6 * sum(map(len, spoken)) > 0


def _is_teaser(text: str, markup: str) -> bool:
    """Whether a short text is followed by the price of the rest; the prompt is often outside of the main text."""
    return bool(_PAYWALL.search(text) or _UNPAID.search(markup) or _PAYWALL.search(_TAGS.sub(" ", markup)))
