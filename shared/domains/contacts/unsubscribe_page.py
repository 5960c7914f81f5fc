"""What a person sees who follows the unsubscribe link of a message: a page, a button, and what came of it."""

from html import escape

_STYLE = """
:root{color-scheme:light dark}
body{font:1.125rem/1.6 system-ui,sans-serif;margin:0;padding:2rem 1rem;background:#f4f5f7;color:#1b1f24}
main{max-width:32rem;margin:4vh auto;padding:2rem;background:#fff;border:1px solid #c8ccd2;border-radius:.75rem}
h1{font-size:1.5rem;line-height:1.25;margin:0 0 1rem;overflow-wrap:anywhere}p{margin:0 0 1.25rem;overflow-wrap:anywhere}
button{font:inherit;font-weight:600;min-height:3rem;padding:.5rem 1.5rem;border:0;border-radius:.5rem;cursor:pointer;
background:#0b57d0;color:#fff}
button:focus-visible{outline:3px solid #ffbf00;outline-offset:2px}
@media (prefers-color-scheme:dark){body{background:#14171a;color:#eceff2}main{background:#1e2226;border-color:#454b52}
button{background:#8ab4f8;color:#10151b}}
"""


def question(address: str, sender: str) -> str:
    """The button acts; looking at the page does not: mail scanners look at every link."""
    return _page(
        "Unsubscribe?",
        f"<p>No further messages{_from(sender)} will be sent to <strong>{escape(address)}</strong>.</p>"
        '<form method="post"><button type="submit">Unsubscribe</button></form>',
    )


def done(address: str, sender: str) -> str:
    return _page(
        "You are unsubscribed",
        f'<p role="status"><strong>{escape(address)}</strong> gets no further messages{_from(sender)}.</p>'
        "<p>You can close this page.</p>",
    )


def sender_gone() -> str:
    """Whoever had written is gone, so the wish is met already."""
    return _page(
        "You are unsubscribed",
        '<p role="status">The account that sent you this message was closed. It sends no further messages, and your'
        " address was removed with it.</p><p>You can close this page.</p>",
    )


def unknown(detail: str) -> str:
    """The link is no link of ours, or was cut off."""
    return _page(
        "This link does not work",
        f"<p>{escape(detail)}</p><p>Perhaps a part of it is missing: copy the whole link from the message.</p>",
    )


def _from(sender: str) -> str:
    return f" from {escape(sender)}" if sender else ""


def _page(title: str, content: str) -> str:
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n"
        f"<body>\n<main>\n<h1>{title}</h1>\n{content}\n</main>\n</body>\n</html>\n"
    )
