"""A language model that judges statements by a table, and by comparing those that are not in it; or misbehaves."""

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Literal

from shared import settings
from tests.providers.fake import Provider, Reply, completion

Manner = Literal["well", "supports all", "prose", "other ids", "at random", "late", "not at all", "fenced", "twice"]


class Verifier:
    """Answers as its `manner` says; `table` holds for each statement whether its page supports it."""

    def __init__(self, table: Mapping[str, bool], manner: Manner, drafts: Sequence[Any] = ()) -> None:
        self._table, self._manner, self._drafts = table, manner, drafts
        self._random = random.Random(7)
        self.provider = Provider(self._reply)
        self.rows: list[dict[str, str]] = []  # what it was asked, all calls together

    def _reply(self, number: int) -> Reply:
        if number <= len(self._drafts):
            return completion(self._drafts[number - 1])
        if self._manner == "not at all":
            return Reply(503)
        return self.judged(self.provider.requests[-1]["body"]["messages"])

    def judged(self, messages: Sequence[Mapping[str, str]]) -> Reply:
        """The answer to these messages, which ask for verdicts."""
        text = next(message["content"] for message in messages if message["role"] == "user")
        rows = json.loads(text[text.index(">") + 1 : text.rindex("</")])
        self.rows += rows
        content = self._content([{"id": row["id"], "verdict": self._verdict(row)} for row in rows])
        reply = completion(content, sent=100, written=10)
        reply.seconds = 1.0 if self._manner == "late" else 0.0
        return reply

    def _verdict(self, row: dict[str, str]) -> str:
        if self._manner == "supports all":
            return "supported"
        if self._manner == "at random":
            return self._random.choice(["supported", "contradicted", "not_stated"])
        supported = self._table.get(row["statement"], row["statement"] in row["passage"])
        return "supported" if supported else "contradicted"

    def _content(self, verdicts: list[dict[str, str]]) -> Any:
        if self._manner == "prose":
            return "All of these statements look supported to me."
        if self._manner == "other ids":
            return {"verdicts": [{"id": str(n), "verdict": "supported"} for n in range(60)]}
        if self._manner == "twice":
            return {"verdicts": [{**one, "verdict": v} for one in verdicts for v in ("supported", "not_stated")]}
        if self._manner == "fenced":
            return f"<think>Let me see.</think>Here it is:\n```json\n{json.dumps({'verdicts': verdicts})}\n```"
        return {"verdicts": verdicts}


@contextmanager
def verifying(table: Mapping[str, bool], manner: Manner, drafts: Sequence[Any] = ()) -> Iterator[Verifier]:
    """It is the configured model in the block, and answers its first calls with the drafts."""
    verifier = Verifier(table, manner, drafts)
    with verifier.provider as provider:
        update = {
            "llm_api_key": "k",
            "llm_base_url": provider.url,
            "llm_model": f"m-{manner}",
            "provider_attempts": 1,
            "llm_seconds": 0.5 if manner == "late" else 20.0,
        }
        replaced = settings.use(settings.current().model_copy(update=update))
        yield verifier
        settings.use(replaced)
