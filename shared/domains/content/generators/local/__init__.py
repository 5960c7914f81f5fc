"""The generator that builds texts by rules from the brief's own facts: no network, no model, no key."""
