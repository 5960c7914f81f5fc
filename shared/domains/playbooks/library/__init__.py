"""The library of published playbooks: a new playbook is a module and a line here."""

from shared.domains.playbooks.library import (
    ai_advantage_jumpstart,
    b2b_prospecting,
    competitor_analysis,
    linkedin_growth,
    newsletter_writing,
    seo_pillar_content,
)
from shared.domains.playbooks.models import LibraryPlaybook
from shared.errors import NotFound

_MODULES = (
    ai_advantage_jumpstart,
    linkedin_growth,
    b2b_prospecting,
    newsletter_writing,
    competitor_analysis,
    seo_pillar_content,
)
LIBRARY: dict[str, LibraryPlaybook] = {module.PLAYBOOK.id: module.PLAYBOOK for module in _MODULES}


def get(id: str) -> LibraryPlaybook:
    """Returns a playbook of the library; raises NotFound for an unknown id."""
    if id not in LIBRARY:
        raise NotFound(f"There is no playbook with this id; there are {', '.join(LIBRARY)}.")
    return LIBRARY[id]
