"""Search over all that a user has."""

TEXTS = {
    "SearchQuery SavedRun": {"limit": "How many hits a page has at most."},
    "Count": {"count": "How many documents match now."},
    "SearchAnswer": {
        "hits": "The hits of this page, the best first.",
        "facets": "What all hits have, not this page's alone.",
        "suggestions": "The query as it was probably meant, where a word of it is in no document.",
        "ignored": "Words of the query that were not looked for: of more than 32 the most telling are.",
        "mode": "How it was searched: `text` by words, `semantic` by meaning, `hybrid` by both; by words too where the "
        "embedding model does not answer.",
        "total": "How many documents match.",
        "next_cursor": "The `cursor` of the next page. null: this is the last.",
    },
    "SearchHit": {
        "kind": "The API's name of the collection that the document is in.",
        "part": "Which passage of the document fits best, from 0; 0 where it has one.",
        "title": "What the document is called.",
        "snippet": "The passage that fits best.",
        "score": "How well it fits, 0 to 1: comparable with other hits of the same query alone.",
        "matched": "Why it is a hit.",
        "link": "The page of the web app that shows it. null: none does.",
        "status": "The state by which it is filtered; a log entry's is its level. null: the kind has none.",
        "tags": "Its tags.",
        "at": "When it was made; of an event of the calendar, when it takes place.",
    },
    "Excerpt": {
        "text": "Plain text from the document: escape it.",
        "spans": "Where in `text` the words of the query are: [start, end) in characters (Unicode code points).",
    },
    "WordMatch": {
        "word": "The word or phrase of the query. null: its meaning.",
        "how": "How the document has it.",
        "words": "The words in the document.",
        "fields": "Where they are.",
    },
    "Facets": {
        "kinds": "How many are of each kind.",
        "tags": "How many have each tag: the 100 most frequent.",
        "status": "How many are in each state.",
    },
    "Synonyms": {"synonyms": "By a word, or several in a row, those that count as the same where it is looked for."},
    "SynonymsInput": {
        "synonyms": "By a word, or several in a row, those that count as the same where it is looked for; it works one "
        "way.",
    },
    "Reindex": {
        "id": "Its id. null: there was none.",
        "state": "`idle`: there was none.",
        "documents": "How many documents are indexed so far.",
        "total": "How many there were when it began. null: there was none.",
        "begun_at": "When it began. null: there was none.",
        "ended_at": "When it ended. null: it has not.",
    },
}
