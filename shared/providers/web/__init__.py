"""The web, through one guarded door: every URL that a user can supply is asked here and nowhere else.

`fetch.fetch` reads a page or a file, `exchange.exchange` leaves the judgement of the answer to its
caller, `addresses.locate` checks a URL without asking anybody, and `robots.check` says whether the
site lets us read a page.
"""
