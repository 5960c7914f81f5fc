"""Texts and queries as a search reads them: languages, words, syntax, snippets. Pure; knows no store."""
