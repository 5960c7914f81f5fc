"""Domains depend on each other one way and by their services alone, and all have the same rooms."""

from pathlib import Path

import pytest

from tests.repo.domain_rules import RULES

_PROSPECTS = {
    "shared/domains/prospects/models.py": "class Prospect(Entity):\n    name: str\n",
    "shared/domains/prospects/repository.py": (
        "class ProspectRepository(Repository[Prospect]):\n"
        "    def __init__(self) -> None:\n"
        "        super().__init__(Prospect, 'prospects', 'prospect')\n"
        "repository = ProspectRepository()\n"
        "keys = Repository(Key, 'prospect_keys', 'key')\n"
        "documents = firestore.client().get_all([])\n"
    ),
    "shared/domains/prospects/service.py": (
        "from shared.domains.prospects.repository import repository as repository\n"
        "def find(uid, id): return repository.find(uid, id)\n"
        "def update(uid, id, data, version): firestore.client().commit([])\n"
        "path = f'users/{uid}/prospects/{id}'\n"
        "address = f'users/{uid}/prospect_addresses/{id}'\n"
    ),
    "shared/domains/notes.py": (
        "from shared.domains.prospects import service as prospects\n"
        "class Note(Entity): ...\n"
        "repository = Repository(Note, 'notes', 'note')\n"
        "found = repository.find('u', prospects.find('u', 'p').id)\n"
    ),
    "shared/runtime/http.py": "from shared.store.changes import Change\n",
    "functions/http/notes.py": "from shared.domains import notes as service\nservice.find('u', 'n')\n",
}
_SERVICE = "from shared.domains.prospects import service as prospects\n"
# The rule, where the offender is planted, its lines, and what is said of it.
_OFFENDERS = [
    ("no circle of domains", "shared/domains/prospects/bulk.py", "from shared.domains import notes\n", "notes"),
    (
        "no circle of domains",
        "shared/domains/prospects/bulk.py",
        "def f():\n    import shared.domains.notes\n",
        "notes",
    ),
    (
        "no repository of another domain",
        "shared/domains/tasks.py",
        _SERVICE + "prospects.repository.find('u', 'p')\n",
        "uses prospects.repository",
    ),
    (
        "no repository of another domain",
        "shared/domains/tasks.py",
        "import shared.domains.prospects.service\nshared.domains.prospects.service.repository.find('u', 'p')\n",
        "uses shared.domains.prospects.service.repository",
    ),
    (
        "no repository of another domain",
        "shared/domains/tasks.py",
        "from shared.domains.prospects.repository import documents\n",
        "imports shared.domains.prospects.repository.documents",
    ),
    (
        "no repository of another domain",
        "shared/domains/tasks.py",
        "from shared.domains.prospects.service import keys\n",
        "imports shared.domains.prospects.service.keys",
    ),
    (
        "no repository of another domain",
        "shared/domains/tasks.py",
        "from shared import domains\ndomains.prospects.service.repository.find('u', 'p')\n",
        "uses domains.prospects.service.repository",
    ),
    (
        "no repository of another domain",
        "shared/domains/tasks.py",
        "from shared.domains import prospects\nprospects.service.keys.find('u', 'k')\n",
        "uses prospects.service.keys",
    ),
    (
        "no repository of another domain",
        "functions/http/prospects.py",
        "from shared.domains.prospects import service\nservice.repository.get('u', 'p')\n",
        "uses service.repository",
    ),
    (
        "no repository of another domain",
        "shared/domains/tasks.py",
        "from shared.domains import notes\nnotes.repository.find('u', 'n')\n",
        "uses notes.repository",
    ),
    (
        "no collection of another domain",
        "shared/domains/tasks.py",
        "path = f'users/{uid}/prospects/{id}'\n",
        "names prospects of prospects",
    ),
    (
        "no collection of another domain",
        "shared/domains/tasks.py",
        "rows = Query('notes', parent=f'users/{uid}')\n",
        "names notes of notes",
    ),
    (
        "no collection of another domain",
        "shared/domains/tasks.py",
        "mine = Repository(Prospect, 'prospect_keys', 'key')\n",
        "names prospect_keys of prospects",
    ),
    (
        "no domain in the runtime",
        "shared/runtime/http.py",
        "from shared.domains import notes\n",
        "imports shared.domains",
    ),
    (
        "no domain in the runtime",
        "shared/runtime/http.py",
        "def f():\n    import shared.domains.notes\n",
        "imports shared.domains.notes",
    ),
    (
        "reads in repositories alone",
        "shared/domains/notes.py",
        "firestore.client().get('users/u')\n",
        "notes.py:1 reads",
    ),
    (
        "reads in repositories alone",
        "shared/domains/prospects/service.py",
        "client = firestore.client()\nclient.query(rows)\n",
        "service.py:1 reads",
    ),
    (
        "the same rooms everywhere",
        "shared/domains/prospects/models.py",
        "repository = Repository(Prospect, 'prospects', 'prospect')\n",
        "models.py keeps a repository",
    ),
    (
        "the same rooms everywhere",
        "shared/domains/prospects/service.py",
        "class Prospect(Entity): ...\n",
        "service.py defines an entity",
    ),
    (
        "the same rooms everywhere",
        "shared/domains/prospects/service.py",
        "def update(uid, id, data, *, version=None): ...\n",
        "service.py update(",
    ),
    (
        "the same rooms everywhere",
        "shared/domains/notes.py",
        "def update(uid, id, fields, version): ...\n",
        "update(uid",
    ),
]


def _plant(root: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)


@pytest.mark.parametrize("rule", RULES)
def test_every_domain_keeps_the_rule(root: Path, rule: str) -> None:
    assert RULES[rule](root) == []


@pytest.mark.parametrize("rule", RULES)
def test_what_the_rule_permits_is_no_offence(tmp_path: Path, rule: str) -> None:
    _plant(tmp_path, _PROSPECTS)
    assert RULES[rule](tmp_path) == []


@pytest.mark.parametrize(("rule", "path", "text", "sentence"), _OFFENDERS)
def test_an_offender_is_named(tmp_path: Path, rule: str, path: str, text: str, sentence: str) -> None:
    _plant(tmp_path, {**_PROSPECTS, path: text})
    assert sentence in "\n".join(RULES[rule](tmp_path))
