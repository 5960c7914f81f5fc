"""Research engines. A new vendor is one file and one line here."""
