"""Content: analyses of prospects, and every text that a generator writes for the user.

A brief orders a text; `knowledge` finds the facts that the text may use; a generator of `generators` writes drafts, and
`scoring` scores them. `service` does all of this for templates, playbooks, outreach and the `requests` of /api/content.
"""
