"""What a job is done on: the ids, items or search that a call has sent, as a list."""

from dataclasses import dataclass
from typing import Any

from shared.batch.models import MAX_ITEMS, BatchCost, BatchFilter, Chosen, Plan, SampledItem
from shared.batch.operations.base import Operation
from shared.domains.search.models import values
from shared.errors import Invalid
from shared.gcp import firestore
from shared.kit.ids import is_valid_id
from shared.kit.text import shortened
from shared.search.results import Filters
from shared.search.text import query as queries

_SAMPLE = 10
_TITLES = ("name", "title", "subject")


@dataclass(frozen=True)
class Selected:
    """What each item is for, in the order in which they were sent; an id that was sent again is left out."""

    items: list[Any]
    duplicates: int = 0


def of(uid: str, operation: Operation[Any], body: Chosen) -> Selected:
    """The items of a body. By ids and items nothing is read; a filter costs what a search costs, without a read for
    hits. Raises Invalid where not exactly one of them is sent, and where nothing or too much is found."""
    if operation.select:
        return Selected(operation.select(uid, body))
    sent = [name for name in body.chosen_by if getattr(body, name) is not None]
    if len(sent) != 1:
        raise Invalid.at(sent[-1] if sent else body.chosen_by[0], f"give exactly one of {', '.join(body.chosen_by)}")
    chosen = getattr(body, sent[0])
    if isinstance(chosen, BatchFilter):
        return Selected(_matching(uid, operation.collection(body) or "", chosen))
    if sent == ["items"]:
        return Selected([item.model_dump(mode="json", exclude_unset=True) for item in chosen])
    different = [*dict.fromkeys(chosen)]
    return Selected(different, len(chosen) - len(different))


def plan(uid: str, operation: Operation[Any], body: Chosen, selected: Selected) -> Plan:
    """What a job on them would be: one round trip, a read for each of the first ten."""
    costs, count = operation.costs(body), len(selected.items)
    return Plan(
        operation=operation.name,
        count=count,
        duplicates=selected.duplicates,
        sample=_sample(uid, operation.collection(body), selected.items[:_SAMPLE]),
        cost=BatchCost(reads=count * costs.reads, writes=count * costs.writes, provider_calls=count * costs.calls),
    )


def _matching(uid: str, collection: str, wanted: BatchFilter) -> list[Any]:
    from shared.search import service as search_index

    filters = Filters(
        kinds=(collection,),
        tags=tuple(values(wanted.tags)),
        status=tuple(values(wanted.status)),
        since=wanted.since,
        until=wanted.until,
    )
    matches = search_index.index_of(uid).all_matching(queries.plain(wanted.q), filters)
    if not matches:
        raise Invalid.at("filter", f"it finds nothing in {collection}")
    if len(matches) > MAX_ITEMS:
        problem = (
            f"it finds {len(matches):,} in {collection}; a job takes at most {MAX_ITEMS:,}: narrow it, by time say"
        )
        raise Invalid.at("filter", problem)
    return [key.id for key, _ in matches]


def _sample(uid: str, collection: str | None, items: list[Any]) -> list[SampledItem]:
    ids = [each if isinstance(each, str) else each.get("id") for each in items]
    paths = {id: f"users/{uid}/{collection}/{id}" for id in ids if collection and id and is_valid_id(id)}
    documents = firestore.client().get_all([*paths.values()], fields=_TITLES) if paths else []
    stored = dict(zip(paths, documents, strict=True))
    return [_sampled(number, id, items[number], collection, stored) for number, id in enumerate(ids)]


def _sampled(number: int, id: str | None, value: Any, collection: str | None, stored: dict[str, Any]) -> SampledItem:
    document = stored.get(id or "")
    fields = document.data if document else value if isinstance(value, dict) else {}
    title = next((shortened(str(fields[name]), 200) for name in _TITLES if fields.get(name)), None)
    missing = id is not None and document is None
    problem = f"There is nothing with this id in {collection}." if missing else None
    return SampledItem(number=number, target=id, title=title, problem=problem)
