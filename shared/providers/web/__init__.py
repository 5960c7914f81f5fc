"""Requests URLs that a user can supply, guarded against SSRF; nothing else in the repository does.

`fetch.fetch` reads a page or a file, `exchange.exchange` returns any answer for its caller to judge,
`addresses.locate` checks a URL without network, and `robots.check` whether the site's robots.txt allows the page.
"""
