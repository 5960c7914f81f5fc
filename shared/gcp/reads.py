"""What is read of a Firestore database.

Google's client spends four times as much CPU per call as the emulator needs to answer (infra/decisions/0002), so calls
are made with bare stubs, and documents decoded straight from the protobuf messages.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from copy import copy
from datetime import datetime
from typing import Any, Self, TypeVar

import grpc

from shared import context
from shared.errors import NotFound
from shared.gcp import attempts, channels, documents, lists, queries, refusals
from shared.gcp.attempts import Refusal
from shared.gcp.coalescing import Coalescer
from shared.gcp.documents import Document
from shared.gcp.messages import firestore as _rpc
from shared.gcp.queries import Query
from shared.gcp.values import decode, decode_time, encode_time

_AGAIN = (grpc.StatusCode.ABORTED, grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.INTERNAL)
T = TypeVar("T")


class Reads:
    """One database's documents. Safe for many threads; the channel opens on first use."""

    def __init__(self, project: str, emulator: str | None, *, timeout: float) -> None:
        self._database = f"projects/{project}/databases/(default)"
        self._documents = f"{self._database}/documents"
        self._timeout = timeout
        self._metadata = channels.metadata(self._database, emulator)
        self._channel = channel = channels.opened(emulator)
        unary, stream = channel.unary_unary, channel.unary_stream
        self._get = channels.stub(unary, "GetDocument", _rpc.GetDocumentRequest, _rpc.Document)
        self._list = channels.stub(unary, "ListDocuments", _rpc.ListDocumentsRequest, _rpc.ListDocumentsResponse)
        self._batch_get = channels.stub(
            stream, "BatchGetDocuments", _rpc.BatchGetDocumentsRequest, _rpc.BatchGetDocumentsResponse
        )
        self._coalesced = Coalescer(self._found_of)
        self._run_query = channels.stub(stream, "RunQuery", _rpc.RunQueryRequest, _rpc.RunQueryResponse)
        self._aggregate = channels.stub(
            stream, "RunAggregationQuery", _rpc.RunAggregationQueryRequest, _rpc.RunAggregationQueryResponse
        )

    def within(self, seconds: float) -> Self:
        """The same connection, with another deadline for each call."""
        other = copy(self)
        other._timeout = seconds
        return other

    def get(self, path: str) -> Document | None:
        """One document by its path: one round trip, one read."""
        return self._found(_rpc.GetDocumentRequest(name=f"{self._documents}/{path}"))

    def begin_get(self, path: str) -> Callable[[], Document | None]:
        """Ask for one document, and go on; what is returned waits for the answer."""
        found = self._begin_found([path])
        return lambda: self._ordered([path], found())[0]

    def get_at(self, path: str, time: datetime) -> Document | None:
        """One document as it was at a time of the last hour: one round trip, one read."""
        request = _rpc.GetDocumentRequest(name=f"{self._documents}/{path}")
        encode_time(request.read_time, time)
        return self._found(request)

    def get_all(self, paths: Sequence[str], *, fields: Sequence[str] = ()) -> list[Document | None]:
        """Several documents in one round trip, in the order asked for; with `fields` no others are sent."""
        if len(paths) < 2 and not fields:  # a plain get is cheaper than a stream of one
            return [self.get(path) for path in paths]
        return self._ordered(paths, self._found_of(paths, fields))

    def get_together(self, paths: Sequence[str]) -> list[Document | None]:
        """Like `get_all`, in one round trip with what other threads ask for at the same time; each document is read
        once for all of them."""
        return self._ordered(paths, self._coalesced.get([*paths]))

    def query(self, query: Query) -> list[Document]:
        """The rows of a query: one round trip; billed a read per row, at least one."""
        rows = self._listed(query) if lists.serves(query) else None
        return self.query_at(query)[0] if rows is None else rows

    def query_at(self, query: Query) -> tuple[list[Document], datetime]:
        """Like `query`; also returns the store's time at which these were all rows, which each of them has, too."""
        return self.begin_query(query)()

    def begin_query(self, query: Query) -> Callable[[], tuple[list[Document], datetime]]:
        """Ask for rows, and go on; what is returned waits for the answer, which is as `query_at` gives it."""
        request = _rpc.RunQueryRequest(
            parent=self._parent(query), structured_query=queries.to_wire(query, self._documents)
        )
        asked = self._begin(self._run_query, request)

        def answered() -> tuple[list[Document], datetime]:
            answers = asked()
            read_at = decode_time(answers[-1].read_time)
            rows = [self._document(a.document, read_at) for a in answers if a.HasField("document")]
            context.current().meter.cost.add(reads=max(1, len(rows)))
            return rows, read_at

        return answered

    def count(self, query: Query) -> int:
        """How many rows match: one round trip; billed a read per 1,000 index entries."""
        return self.begin_count(query)()

    def begin_count(self, query: Query) -> Callable[[], int]:
        """Ask how many rows match, and go on; what is returned waits for the answer."""
        request = _rpc.RunAggregationQueryRequest(parent=self._parent(query))
        aggregation = request.structured_aggregation_query
        aggregation.structured_query.CopyFrom(queries.to_wire(query, self._documents, for_count=True))
        aggregation.aggregations.add(alias="total").count.SetInParent()
        answers = self._begin(self._aggregate, request)

        def total() -> int:
            number = int(decode(answers()[0].result.aggregate_fields["total"]))
            context.current().meter.cost.add(reads=max(1, -(-number // 1000)))
            return number

        return total

    def _ordered(self, paths: Sequence[str], found: Mapping[str, Any]) -> list[Document | None]:
        """Documents of their own for whoever asks: others may decode the same messages."""
        return [self._document(found[path]) if path in found else None for path in paths]

    def _found_of(self, paths: Sequence[str], fields: Sequence[str] = ()) -> dict[str, Any]:
        """The messages of the documents that exist, by path: one round trip, a read for each path."""
        return self._begin_found(paths, fields)()

    def _begin_found(self, paths: Sequence[str], fields: Sequence[str] = ()) -> Callable[[], dict[str, Any]]:
        """Ask for documents, and go on; what is returned waits for the answer, which is as `_found_of` gives it."""
        request = _rpc.BatchGetDocumentsRequest(
            database=self._database, documents=[f"{self._documents}/{path}" for path in dict.fromkeys(paths)]
        )
        if fields:  # an empty mask would leave out all
            request.mask.field_paths.extend(fields)
        context.current().meter.cost.add(reads=len(request.documents))
        answers, root = self._begin(self._batch_get, request), f"{self._documents}/"
        return lambda: {
            a.found.name.removeprefix(root): a.found for a in answers() if a.WhichOneof("result") == "found"
        }

    def _parent(self, query: Query) -> str:
        return f"{self._documents}/{query.parent}" if query.parent else self._documents

    def _found(self, request: Any) -> Document | None:
        context.current().meter.cost.add(reads=1)
        with suppress(NotFound):
            return self._document(self._attempt(lambda left: self._get(request, **left), refusals.of_get, _AGAIN))
        return None

    def _document(self, wire: Any, read_at: datetime | None = None) -> Document:
        return documents.of_wire(wire, self._documents, read_at)

    def _listed(self, query: Query) -> list[Document] | None:
        """The rows of a query that a list serves; None, at a second price, where the store has answered a part."""
        request = lists.to_wire(query, self._parent(query))
        answer = self._attempt(lambda left: self._list(request, **left), refusals.of_query, _AGAIN)
        context.current().meter.cost.add(reads=max(1, len(answer.documents)))
        return [self._document(wire) for wire in answer.documents] if lists.is_whole(answer, query) else None

    def _begin(self, stub: Any, request: Any) -> Callable[[], list[Any]]:
        """Open a stream, and go on; what is returned waits for all its messages. One that breaks is read anew."""
        begun = [stub(request, metadata=self._metadata, timeout=self._timeout)]

        def messages() -> list[Any]:
            return self._attempt(
                lambda options: list(begun.pop() if begun else stub(request, **options)), refusals.of_query, _AGAIN
            )

        return messages

    def _attempt(self, call: Callable[[dict[str, Any]], T], refusal: Refusal, again: Sequence[grpc.StatusCode]) -> T:
        """Make a call, with the options of each attempt."""
        options, silent = {"metadata": self._metadata}, self._fallen_silent
        return attempts.make(lambda left: call(options | {"timeout": left}), refusal, self._timeout, again, silent)

    def _fallen_silent(self) -> None:
        """What is done after an attempt that had no answer."""
