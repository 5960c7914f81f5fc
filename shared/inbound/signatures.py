"""Cuts signatures, lines that mail programs add, and disclaimers off what a person wrote."""

import re
from collections.abc import Sequence

from shared.kit.patterns import lazy_pattern
from shared.kit.phrases import any_of

_DELIMITERS = ("--", "—", "__", "--­", "– –")
_MAX_LINES = 20
_DIVIDER = lazy_pattern(r"[-_=*–—]{3,30}")  # what some programs put above a signature
_GAP = lazy_pattern(r"\n{3,}")
_FOOT = lazy_pattern(r"_{20,200}")  # above what a mailing list adds
_WITHIN = 60  # lines at the end, in which a signature may begin
_MAX_LINE = 90  # characters of a line of a signature
_MAX_NAME_WORDS = 6
# What mobile and free mail programs add.
_ADDED = any_of(
    r"""
    (?:sent (?:from|via|with|using) (?:my |the )?(?:iphone|ipad|ios|android|mobile|samsung|galaxy|blackberry|huawei
    pixel|phone|smartphone|yahoo|outlook|mail for|proton|gmail|windows|aol|spark|superhuman|mailbird|front|workspace
    the all).{0,100}|get outlook for .{0,80}|download outlook for .{0,80}|yahoo mail: search, organize, conquer.{0,40}
    (?:von|aus) mein(?:em|er) .{2,40} gesendet.{0,20}|gesendet (?:von|mit|aus) .{2,80}
    (?:diese nachricht wurde )?von mein(?:em|er) .{2,60} gesendet.{0,20}|holen sie sich outlook für .{0,40}
    envoyé (?:de|depuis|à partir de|avec) (?:mon|ma|l|yahoo|outlook|proton|un).{0,80}
    télécharge[rz]? outlook pour .{0,40}|obtenez outlook pour .{0,40}|enviado (?:desde|de|do|a partir do|con|com|pelo
    via) (?:mi|meu|el|o|un|um|yahoo|outlook|correo|iphone|samsung|proton).{0,80}|obtener outlook para .{0,40}
    obter o outlook para .{0,40}|inviato (?:da|dal|con|tramite) (?:iphone|ipad|il|mio|mia|yahoo|outlook|android
    smartphone|libero|proton|posta).{0,80}|ottenere outlook per .{0,40}|scarica outlook per .{0,40}|verzonden (?:vanaf
    met|via|vanuit) .{2,80}|outlook voor .{2,20} downloaden|.{0,30}(?:iphone|ipad|android
    スマートフォン)から送信.{0,10}|発信元の? ?iphone.{0,10}|发自(?:我的|我)? ?.{1,30}|(?:從|从)我的 ?.{1,20}(?:傳送
    发送|發送|寄出)|发送自 .{1,40}|sendt fra min .{1,40}|skickat från min .{1,40}|wysłane z .{1,40})[.!]?
    """
)
# Greetings at the end, alone on their line; below them come names.
_CLOSINGS = any_of(
    r"""
    (?:(?:with |my |all the |many )?(?:very )?(?:best|kind(?:est)?|warm(?:est)?|cordial|sincere
    friendly)(?: (?:regards|wishes|greetings|regards from .{1,30}))?|best|regards|rgds|br|kr|brgds|cheers
    sincerely(?: yours)?|yours(?: (?:sincerely|faithfully|truly))?|(?:many )?thanks(?: (?:again|in advance|a lot
    and (?:best|kind) regards|& regards))?|thank you|thx|take care|talk soon|all the best|respectfully|cordially
    (?:mit )?(?:den )?(?:freundliche[nm]?|beste[nm]?|herzliche[nm]?|viele[nm]?|schöne[nm]?|liebe[nm]?|sonnige[nm]?
    kollegiale[nm]?)(?: und .{3,15})? (?:gr(?:ü|ue)(?:ß|ss)e?n?|gru(?:ß|ss))(?: aus .{2,30})?|mfg|vg|lg|bg|mvh|gr(?:ü
    ue)(?:ß|ss)e|gru(?:ß|ss)|hochachtungsvoll|(?:bien )?(?:très )?cordialement|bien à (?:vous|toi)|(?:sincères[ ]
    meilleures |cordiales )?salutations(?: .{3,20})?|(?:très )?(?:bonne|belle) (?:journée|soirée|fin de journée)
    (?:je vous prie|veuillez) .{5,90}salutations(?: .{3,20})?|(?:un )?(?:cordial(?:es)? |afectuoso[ ]
    atento )?saludos?(?: cordial(?:es)?)?|atentamente|atte|cordialmente|(?:un )?abrazos?|muchas gracias|gracias
    (?:cordiali|distinti|cari|molti) saluti|(?:un )?cordiale saluto|saluti|cordialità|buona giornata|buon lavoro
    grazie(?: mille)?|(?:com os )?(?:melhores|cordiais|atenciosos) cumprimentos|cumprimentos|atenciosamente|att
    abraços?|obrigad[oa]|(?:(?:z|ze) )?(?:poważaniem|wyrazami szacunku|serdeczn\w{1,5} pozdrowieni\w{1,3}
    pozdrowieni\w{1,3})
    (?:serdecznie )?pozdrawiam|(?:med )?(?:vänlig\w{0,2}|bästa|venlig\w{0,2}|vennlig\w{0,2}|bedste
    beste) hälsning\w{0,3}
    (?:med )?(?:venlig|vennlig|mange|bedste|beste|hjertelig) hilsen|(?:de bedste|mange) hilsn\w{1,3}|hälsningar|mvh
    hilsen
    (?:ystävällisin |parhain )?terveisin|s pozdravem|с уважением|saygılarımla|iyi çalışmalar|(?:met )?(?:vriendelijke
    hartelijke) groet(?:en)?|groet(?:en|jes)?|mvg|hoogachtend
    alvast bedankt|bedankt|(?:どうぞ|何卒)?(?:よろしく|宜しく)(?:お願い|御願い)?(?:いた|致)?(?:します|しております
    申し上げます)?|敬具|以上|此致|敬礼|顺祝商祺|祝好|谢谢|谢谢您)[ ,.!,、。!]{0,3}
    """
)
_DISCLAIMERS = any_of(
    r"""
    [*_ ]{0,4}(?:confidentiality (?:notice|note)|disclaimer\b|legal notice|important notice|notice of confidentiality
    this (?:e-?mail|message|communication|transmission)(?: message)?,? (?:and|including|is|may|contains|was sent
    together)\b|the information (?:contained )?in this (?:e-?mail|message)|the contents of this (?:e-?mail|message)
    please consider the environment|think before you print|before printing|dies(?:e|er) (?:e-?mail|nachricht) (?:enth
    ist|kann|und)|der inhalt dieser (?:e-?mail|nachricht)|vertraulichkeitshinweis
    (?:wichtiger )?(?:rechtlicher )?hinweis:|bitte (?:denken|prüfen) sie .{0,40}(?:umwelt|ausdruck|drucken)
    ce (?:message|courriel|mail)(?: électronique)?,? (?:et|est|peut|contient)|avis de confidentialité|este (?:mensaje
    correo|e-?mail)(?: electrónico)?,? (?:y|es|puede|contiene|va)|aviso (?:legal|de confidencial)|(?:questo
    il presente) (?:messaggio|e-?mail)|le informazioni contenute|ai sensi del|esta mensagem|este e-?mail (?:e|é)
    dit (?:bericht|e-?mail)|deze e-?mail|de informatie (?:verzonden )?in dit|本(?:电子)?邮件|このメール(?:に
    は).{0,30}(?:機密|秘密))
    """
)
_POSTSCRIPT = lazy_pattern(r"p\.? ?s\.?(?: |:|\b)", re.I)
_LEGAL = lazy_pattern(
    r".{0,200}(?:geschäftsführer|handelsregister|amtsgericht|hrb \d|registered in|company (?:no|number)|ust-?id|siret|"
    r"p\. ?iva|partita iva|kvk|c\.?i\.?f\.? |cnpj)",
    re.I,
)


def unsigned(lines: Sequence[str], sender_name: str = "") -> str:
    """The lines of one run without its signature. What would leave nothing is no signature."""
    kept = [line for line in lines if not _is_added(line)]
    begun = next((number for number, line in enumerate(kept) if line.strip()), len(kept))
    end = next((n for n in range(begun, len(kept)) if kept[n].strip() in _DELIMITERS), len(kept))
    end = next((n for n in range(begun + 1, end) if _DISCLAIMERS.match(kept[n])), end)
    end = next((n for n in range(max(begun + 1, end - _MAX_LINES), end) if _FOOT.fullmatch(kept[n])), end)
    kept = kept[:end]
    for number in range(max(begun + 1, end - _WITHIN), end):
        if _signs(kept[number], kept[number + 1 :], sender_name):
            kept = [*kept[:number], *_postscript(kept[number + 1 :])]
            break
    return _GAP.sub("\n\n", "\n".join(kept)).strip()


def _is_added(line: str) -> bool:
    return len(line) <= 200 and _ADDED.fullmatch(line.strip("-_*<>[] ")) is not None


def _signs(line: str, below: Sequence[str], sender_name: str) -> bool:
    """Whether a signature begins with the line: a greeting at the end, or the sender's own name, above short lines."""
    bare = line.strip("*_ ")
    if not line.strip() or len(bare) > 120:
        return False
    rest = [other for other in below if other.strip()]
    if _DIVIDER.fullmatch(line.strip()):
        return bool(rest) and _is_name(rest[0]) and _are_of_a_signature(rest)
    if _CLOSINGS.fullmatch(bare):
        return _are_of_a_signature(rest) and (not rest or _is_name(rest[0]))
    return _is_senders(bare, sender_name) and _are_of_a_signature(rest)


def _are_of_a_signature(lines: Sequence[str]) -> bool:
    until = next((n for n, line in enumerate(lines) if _POSTSCRIPT.match(line)), len(lines))
    block = lines[:until]
    return len(block) <= _MAX_LINES and all(
        (len(line) <= _MAX_LINE and not line.endswith("?")) or _LEGAL.match(line) for line in block
    )


def _is_name(line: str) -> bool:
    bare = line.strip("*_ ,-–")
    words = bare.split()
    return (
        len(words) <= _MAX_NAME_WORDS
        and not bare.endswith(("!", "?", ":"))
        and not (bare.endswith(".") and len(words) > 2)
        and not bare[:1].islower()
    )


def _is_senders(line: str, sender_name: str) -> bool:
    """Whether the line is the sender's name: whole, or the first of it."""
    bare = line.strip(" ,.-–*_").casefold()
    names = sender_name.replace(",", " ").casefold().split()
    return (
        bool(bare)
        and len(names) > 0
        and (
            bare == " ".join(names)
            or bare in (names[0], names[-1])
            or (len(names) > 1 and sorted(bare.split()) == sorted(names))
        )
    )


def _postscript(lines: Sequence[str]) -> Sequence[str]:
    start = next((n for n, line in enumerate(lines) if _POSTSCRIPT.match(line)), len(lines))
    return ["", *lines[start:]] if start < len(lines) else []
