"""Mail providers. A new vendor is one file and one line here."""
