"""Tells opens and clicks of programs, which look at mail before its reader does, from those of people. Pure."""

import re
from datetime import timedelta

from shared.kit.patterns import lazy_pattern

# Filters that follow every link, previews of chats, and what fetches without a browser.
_PROGRAMS = lazy_pattern(
    r"barracuda|proofpoint|mimecast|safelinks|safe links|messagelabs|symantec|trend ?micro|fireeye|trellix|ironport"
    r"|sophos|fortinet|fortiguard|forcepoint|zscaler|cloudmark|vadesecure|kaspersky|bitdefender|virustotal|urlscan"
    r"|phish|bot\b|bot/|crawler|spider|slurp|facebookexternalhit|whatsapp|skypeuripreview|bingpreview|slack-imgproxy"
    r"|headless|phantomjs|selenium|puppeteer|playwright"
    r"|^(?:python|curl|wget|java|go-http-client|okhttp|axios|node|libwww|ruby|perl|php|apache-httpclient|httpie)\b",
    re.IGNORECASE,
)
# Fetch a picture when its reader opens the message, and hide the reader only.
_PROXIES = lazy_pattern(r"googleimageproxy|yahoomailproxy", re.IGNORECASE)
_APPLE = "Mozilla/5.0"  # Mail Privacy Protection: all pictures, when the message arrives
_SOONEST = timedelta(seconds=5)


def is_machine(agent: str | None, *, method: str | None = None, after: timedelta | None = None) -> bool:
    """Whether a program did it. `agent`: None where the event does not tell; `after`: how long after the message left.

    Where nothing tells, it was a person.
    """
    if method is not None and method.upper() == "HEAD":
        return True
    if after is not None and after < _SOONEST:
        return True
    if agent is None or _PROXIES.search(agent):
        return False
    return agent.strip() in ("", _APPLE) or _PROGRAMS.search(agent) is not None
