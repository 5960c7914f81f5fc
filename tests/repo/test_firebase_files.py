"""functions.yaml and firebase.json are what the manifest makes of them."""

from dataclasses import replace

from functions.manifest import FUNCTIONS
from functions.spec import Http
from infra import firebase

_MEND = "run: python -m infra firebase"


def test_the_files_follow_the_manifest() -> None:
    assert firebase.YAML.read_text() == firebase.functions_yaml(), _MEND
    assert firebase.CONFIG.read_text() == firebase.configuration(), _MEND


def test_a_change_of_the_manifest_is_seen() -> None:
    first = FUNCTIONS[0]
    assert isinstance(first.trigger, Http)
    moved = replace(first, trigger=Http("/api/elsewhere"))
    larger = replace(first, resources=replace(first.resources, memory=1024))
    rest = FUNCTIONS[1:]
    assert firebase.rewrites((moved, *rest)) != firebase.rewrites()
    assert firebase.functions_yaml((larger, *rest)) != firebase.functions_yaml()
    assert firebase.functions_yaml(rest) != firebase.functions_yaml()


def test_the_yaml_says_that_it_is_generated() -> None:
    """The CLI may write such a file too, and then takes no offence at ours."""
    assert "Generated" in firebase.functions_yaml().splitlines()[0]


def test_the_longest_path_is_asked_first() -> None:
    sources = [rewrite["source"] for rewrite in firebase.rewrites()][:-1]
    assert [len(source) for source in sources] == sorted((len(source) for source in sources), reverse=True)
