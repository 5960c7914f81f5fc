"""Texts that make a careless reader slow: a short unit, repeated, and an end that fits none of it."""

UNITS = (
    *(" ", "\n", "\t", "\r\n", "\x00", "\x1f", "\x85", "\u2028", "\u200b", "\u200d", "\ufeff", "\ufe0f"),
    *(".", ". ", "!", "?", "…", "。", "a", "a ", "A. ", "e.g. ", "No. 1 ", "a.b ", "Dr. ", "王", "\U0001f642", "é"),
    *('"', '." ', "'", "(", ")", "”", "[", "]", "](", "[a](", "![", "{", "{{", "{{ a", "{a", "}}", "[[a", "%%a", "<a"),
    *("<", "<!--", "<!---->", "<a ", "<p>", "</p>", "<div>", "<b>", "<p hidden>x</p>y", "<nav>x</nav>y", "<td> "),
    *("<!", "<![CDATA[", "&", "&amp;", "&#", "<br>", "<li>", "<ul><li>", "<table><tr><td>", '<i style="opacity:0">'),
    *("<h1>", "<script>", "</script>", "<style>", "<title>", "<span style='", "<meta charset=", "<?xml "),
    *("*", "**", "*a ", "_", "_a_", "`", "``", "~", "~~a", "> ", "- ", "1. ", "#", "# a\n", "|", "|a", "|-", "\n|"),
    *("---\n", "a: b\n", "[^1]", "[^1]: a\n", "[a]: b\n", "    a\n", "a\n\n", "\\", "\\`", ": ", ":"),
    *("=?", "=?a?q?", "=?utf-8?q?a?= ", "@", "x@", "@a.", "a@b.c ", "a@b,", "www.", "http://", "http://a ", "+"),
    *("1", "1,", "1.", "0", "0000 ", "[1]", " [1]", "1) ", "a1", "1a "),
    *("no ", "not ", "ignore ", "ignore all ", "ignore your rules ", "send a ", "the user ", "human: ", "a b c. "),
    *("word ", "Word ", "Ab ", "growing ", "costs a ", "a_", "aB", "Hi ", "Dear a,", "Mr. ", "charset=", "opacity:0 "),
)


def text(unit: str, length: int) -> str:
    """`length` characters of the unit, and an end."""
    return (unit * (length // len(unit) + 1))[:length] + "x\n"
