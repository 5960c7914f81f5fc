"""Embedding models of vendors: batches, order, what they cost, and answers that are not what was asked for."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from shared.context import Context
from shared.errors import AppError, ProviderError, TooManyRequests, Unavailable
from shared.meter import Usage
from shared.providers import embed, withholding
from shared.providers.embed.base import Embedder
from tests.providers.fake import Provider, Reply, answer, token

_SIZE = 64
Configure = Callable[..., None]
Account = Callable[[Provider], None]


def _vector(number: float) -> list[float]:
    return [number, *[0.0] * (_SIZE - 2), 1.0]


def _openai(server: Provider, *, backwards: bool = False) -> Reply:
    """What the protocol answers to the last request: each text's length as its vector's first number."""
    texts = server.requests[-1]["body"]["input"]
    rows = [{"object": "embedding", "index": n, "embedding": _vector(len(text))} for n, text in enumerate(texts)]
    usage = {"prompt_tokens": 7, "total_tokens": 7}
    return answer({"object": "list", "data": rows[::-1] if backwards else rows, "usage": usage})


@pytest.fixture
def openai(configure: Configure) -> Callable[[Provider], Embedder]:
    def at(server: Provider) -> Embedder:
        settings: dict[str, Any] = {"embed_api_key": "k", "embed_base_url": server.url, "embed_dimensions": _SIZE}
        configure(**settings, embed_usd_per_million=20.0, provider_attempts=1)
        return embed.configured()

    return at


def test_texts_go_in_batches_and_come_back_in_their_order(call: Context, openai: Callable[..., Embedder]) -> None:
    with Provider() as server:
        server.reply = lambda n: _openai(server, backwards=True)
        model = openai(server)
        texts = ["x" * (1 + n % 7) for n in range(230)]
        vectors = model.embed([*texts, " \n"])
    assert model.name == "text-embedding-3-small-64"
    assert [len(request["body"]["input"]) for request in server.requests] == [100, 100, 30]
    sent = server.requests[0]
    assert sent["path"] == "/v1/embeddings"
    assert sent["headers"]["authorization"] == "Bearer k"
    assert (sent["body"]["model"], sent["body"]["dimensions"]) == ("text-embedding-3-small", _SIZE)
    assert np.allclose(np.linalg.norm(vectors[:-1], axis=1), 1)
    assert not vectors[-1].any()  # a text without a word resembles nothing, and is not sent
    assert [round(float(row[0] / row[-1])) for row in vectors[:-1]] == [len(text) for text in texts]
    assert call.meter.usage == [Usage("embed", tokens=7, usd=7 * 20 / 1e6)] * 3


def test_a_long_text_is_cut_and_large_batches_are_split(call: Context, openai: Callable[..., Embedder]) -> None:
    with Provider() as server:
        server.reply = lambda n: _openai(server)
        openai(server).embed(["x" * 90_000] * 10)
    assert [[len(text) for text in request["body"]["input"]] for request in server.requests] == [
        [6_000] * 6,
        [6_000] * 4,
    ]


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"data": []},
        {"data": [{"index": 0, "embedding": [1.0]}]},
        {"data": [{"index": 0, "embedding": None}]},
        {"data": [{"embedding": _vector(1)}]},
        {"data": [{"index": 0, "embedding": _vector(1)}, {"index": 1, "embedding": _vector(1)}]},
        [],
    ],
)
def test_an_answer_of_another_shape_is_no_vector(
    content: object, call: Context, openai: Callable[..., Embedder]
) -> None:
    with Provider(lambda n: answer(content)) as server:
        model = openai(server)
        with pytest.raises(AppError):
            model.embed(["a word"])


@pytest.mark.parametrize(
    ("status", "error", "words"),
    [
        (400, ProviderError, "EMBED_DIMENSIONS"),
        (401, ProviderError, "EMBED_API_KEY"),
        (402, ProviderError, "credit"),
        (404, ProviderError, "EMBED_MODEL"),
        (429, TooManyRequests, "rate limit"),
        (500, AppError, "embedding model"),
    ],
)
def test_a_refusal_names_the_setting(
    status: int, error: type[AppError], words: str, call: Context, openai: Callable[..., Embedder]
) -> None:
    with Provider(lambda n: Reply(status)) as server:
        model = openai(server)
        with pytest.raises(error, match=words):
            model.embed(["a word"])


def test_vertex_is_told_the_purpose(call: Context, configure: Configure, service_account: Account) -> None:
    with Provider(routes={"/v1/token": token()}) as server:
        service_account(server)
        server.reply = lambda n: answer(
            {
                "predictions": [
                    {"embeddings": {"values": _vector(len(one["content"])), "statistics": {"token_count": 3}}}
                    for one in server.requests[-1]["body"]["instances"]
                ]
            }
        )
        configure(embed_project="p", embed_vertex_base_url=server.url, embed_dimensions=_SIZE, provider_attempts=1)
        model = embed.configured()
        assert model.embed(["one", "three"]).shape == (2, _SIZE)
        model.embed(["which?"], "query")
    _, first, second = server.requests
    assert first["path"].endswith(
        "/projects/p/locations/us-central1/publishers/google/models/text-embedding-005:predict"
    )
    assert first["headers"]["authorization"] == "Bearer t-1"
    assert [one["task_type"] for one in first["body"]["instances"]] == ["RETRIEVAL_DOCUMENT"] * 2
    assert [one["task_type"] for one in second["body"]["instances"]] == ["RETRIEVAL_QUERY"]
    assert first["body"]["parameters"] == {"outputDimensionality": _SIZE, "autoTruncate": True}
    assert call.meter.usage == [Usage("embed", tokens=6), Usage("embed", tokens=3)]


def test_gemini_s_model_takes_one_text_a_request(call: Context, configure: Configure, service_account: Account) -> None:
    one = answer({"predictions": [{"embeddings": {"values": _vector(1)}}]})
    with Provider(lambda n: one, routes={"/v1/token": token()}) as server:
        service_account(server)
        configure(
            embed_project="p",
            embed_vertex_base_url=server.url,
            embed_dimensions=_SIZE,
            embed_vertex_model="gemini-embedding-001",
        )
        embed.configured().embed(["one", "two", "three"])
    assert [len(request["body"]["instances"]) for request in server.requests[1:]] == [1, 1, 1]


def test_without_a_vendor_and_in_a_dry_run_the_built_in_model_embeds(configure: Configure) -> None:
    assert embed.configured() is embed.built_in()
    configure(embed_api_key="k")
    assert embed.configured() is not embed.built_in()
    with withholding.withhold() as withheld:
        assert embed.configured() is embed.built_in()
    assert withheld.calls == 1


def test_a_vendor_that_is_away_says_so(call: Context, configure: Configure) -> None:
    configure(embed_api_key="k", embed_base_url="http://127.0.0.1:9", provider_attempts=1)
    with pytest.raises(Unavailable):
        embed.configured().embed(["a word"])
