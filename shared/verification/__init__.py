"""Whether a text says nothing that another text does not say: deterministic rules, pure, for whoever wrote the text."""
