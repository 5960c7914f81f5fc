"""Queries: what a user would expect to find, and to be told."""

from datetime import UTC, datetime

import pytest

from shared.errors import Invalid
from shared.search.entries import Entry, Key
from shared.search.text.matching import matches, matching, required_terms, terms_of
from shared.search.text.query import parsed


def entry(
    text: str = "", *, kind: str = "prospects", tags: tuple[str, ...] = (), status: str = "", **texts: str
) -> Entry:
    fields = {"body": text} | texts
    return Entry(
        Key(kind, "1"),
        0,
        texts=tuple(fields.items()),
        at=datetime(2026, 11, 1, tzinfo=UTC),
        tags=tags,
        status=status,
    )


FINDS = [
    ("nunez", "José Núñez"),
    ("Núñez", "jose nunez"),
    ("strasse", "Straße 5"),
    ("STRASSE", "straße"),
    ("istanbul", "İSTANBUL"),
    ("ISPARTA", "ısparta"),
    ("müller", "Frau Mueller"),
    ("mueller", "Frau Müller"),
    ("muller", "Frau Müller"),
    ("schools", "A school in Leipzig"),
    ("follow up", "a follow-up call"),
    ("followup", "a follow-up call"),
    ("follow-up", "the followup"),
    ("e-mail", "an email"),
    ("email", "an e-mail"),
    ('"follow up call"', "my follow-up call"),
    ("ann@acme.io", "Ann Lee <ann@acme.io>"),
    ("acme.io", "ann@acme.io"),
    ("ann acme", "ann@acme.io"),
    ("acme.io", "see https://www.acme.io/blog"),
    ("www.acme.io", "see https://www.acme.io/blog"),
    ("obrien", "Mr O’Brien"),
    ("o'brien", "Mr OBrien"),
    ("brien", "Mr O'Brien"),
    ("C++", "C, C++ and Java"),
    ("c#", "We use C#."),
    (".net", "Our .NET team"),
    ("node.js", "NodeJS"),
    ("nodejs", "Node.js"),
    ("3m", "at 3M"),
    ("at&t", "AT&T Inc."),
    ("att", "AT&T Inc."),
    ("r&d", "Head of R & D"),
    ("usa", "in the U.S.A."),
    ("1000", "1,000 users"),
    ("1,000", "1000 users"),
    ("京都", "東京都庁"),
    ("猫", "黒猫"),
    ("Python", "東京でPythonを学ぶ"),
    ("학교", "학교에서"),
    ("ภาษา", "ภาษาไทย"),
    ("informação", "as informações da empresa não são públicas"),
    ("informacao", "as informações da empresa não são públicas"),
    ("школа", "мы учимся в школе"),
    ("entreprise", "l'entreprise"),
    ("loreal", "L'Oréal"),
    ("ann", "Ann's offer"),
    ("scho*", "a school"),
    ("🚀", "to the moon 🚀"),
]
MISSES = [
    ("C++", "C and Java"),
    ("c#", "the c key"),
    ("school", "schooner"),
    ('"schools"', "a school"),
    ('"call follow"', "a follow-up call"),
    ("京東", "東京都庁"),
    ("й", "и"),
    ("schools -tutor", "a school with a tutor"),
    ("call -follow-up", "a follow-up call"),
    ('call -"up call"', "a follow-up call"),
]


@pytest.mark.parametrize(("query", "text"), FINDS)
def test_what_a_user_means_is_found(query: str, text: str) -> None:
    assert matches(parsed(query), entry(text))


@pytest.mark.parametrize(("query", "text"), MISSES)
def test_what_a_user_does_not_mean_is_not(query: str, text: str) -> None:
    assert not matches(parsed(query), entry(text))


@pytest.mark.parametrize(("query", "text"), FINDS)
def test_who_waits_for_a_rare_term_meets_each_match(query: str, text: str) -> None:
    required = required_terms(parsed(query))
    assert not required or terms_of(entry(text)).intersection(required)


@pytest.mark.parametrize(
    ("query", "refusal"),
    [
        ("tutors foo:bar", "at character 8: there is no field foo"),
        ('find "open phrase', "at character 6: the quote"),
        ("kind: prospects", "at character 1: no value stands behind kind:"),
        ('a tag:""', "at character 8: no value stands behind tag:"),
        ("kind:, a", "at character 6: no value stands behind kind:"),
        ("a -kind:vault", "at character 9: kind: cannot be excluded"),
        ("word " * 33, "at character 161: a query has at most 32 words"),
        ("x" * 1_001, "at character 1001: a query has at most 1000 characters"),
    ],
)
def test_a_query_that_is_refused_is_told_the_place(query: str, refusal: str) -> None:
    with pytest.raises(Invalid, match=refusal):
        parsed(query)


def test_filters_pass_any_of_their_values() -> None:
    document = entry("a school", tags=("hot", "big deal"), status="new")
    for query in ("kind:prospects,vault", "tag:hot tag:cold", 'tag:"big deal" school', "status:new", "STATUS:NEW"):
        assert matches(parsed(query), document), query
    for query in ("kind:vault", "tag:cold", "tag:Hot", "status:old", "status:new tutor"):
        assert not matches(parsed(query), document), query


def test_a_field_counts_alone() -> None:
    document = entry("a school", name="Ann Lee", company="Acme Inc")
    assert matches(parsed('name:ann company:"acme inc" school'), document)
    assert not matches(parsed("company:ann"), document)
    assert matches(parsed("-company:ann"), document)


def test_the_terms_of_a_query_may_stand_in_several_passages() -> None:
    passages = [entry("a school"), entry("a tutor")]
    assert matches(parsed("school tutor"), passages)
    assert not matches(parsed('"school a tutor"'), passages)
    assert not matches(parsed("school -tutor"), passages)
    assert not matches(parsed(""), [])


def test_many_queries_are_compared_at_once() -> None:
    queries = [parsed(text) for text in ("school", "tutor", "-tutor", "kind:vault", "", "school -school")]
    assert matching(queries, entry("a school")) == [queries[0], queries[2], queries[4]]


def test_what_is_embedded_is_what_is_wanted_as_it_is_written() -> None:
    assert parsed('Schools in "New York" -tutor kind:vault title:Ann x*').text == "Schools in New York Ann x"


@pytest.mark.parametrize(
    "text",
    ["Re: hello", "http://a.example/x:y", "10:30", "std::vector", "mailto:ann@x.io", "C:\\x", "a:b", "-", "- a", "--a"],
)
def test_colons_and_hyphens_that_mean_nothing_are_text(text: str) -> None:
    query = parsed(text)
    assert (query.excluded, query.kinds) == ((), ())
    assert all(term.field is None for term in query.wanted)


def test_known_kinds_and_statuses_are_the_only_ones() -> None:
    for query in ("kind:Vault", "kind:vault,", "kind:,vault", 'kind:"vault "'):  # as one types
        assert parsed(query, kinds=["vault"]).kinds == ("vault",)
    with pytest.raises(Invalid, match="at character 8: there is no kind cars; use vault"):
        parsed("a kind:cars", kinds=["vault"])
    with pytest.raises(Invalid, match="there is no status old; use new"):
        parsed("status:old", statuses=["new"])


def test_as_you_type_what_is_not_finished_is_no_error() -> None:
    assert parsed("ann kind:", as_you_type=True) == parsed("ann")
    assert parsed('"ann le', as_you_type=True).wanted[0].prefix
    assert not parsed("ann ", as_you_type=True).wanted[0].prefix
    assert not parsed("-an", as_you_type=True).excluded[0].prefix
