"""The channel of production: TLS, and with each call the service account's access token and the database's name."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc
import pytest
from cryptography.hazmat.primitives import serialization

from shared.gcp.messages import firestore as rpc
from tests.fixtures.google import KEY
from tests.fixtures.identity import Toolkit
from tests.providers.web.certificates import authority

# In a process of its own: gRPC reads the roots that it trusts once.
_READS = """
import sys
from shared.gcp import channels
from shared.gcp.firestore import Firestore
channels.FIRESTORE = sys.argv[1]
print(Firestore("p", None, timeout=20).get("users/ann/vault/v1").path)
"""


class _Store:
    """A Firestore whose documents are empty, behind TLS; remembers what its callers say of themselves."""

    def __init__(self, folder: Path) -> None:
        authority(folder, "localhost")
        self.roots = folder / "certificate.pem"
        self.heard: list[dict[str, Any]] = []
        pair = ((folder / "key.pem").read_bytes(), self.roots.read_bytes())
        self._server = grpc.server(ThreadPoolExecutor(max_workers=2))
        method = grpc.unary_unary_rpc_method_handler(
            self._get, rpc.GetDocumentRequest.FromString, rpc.Document.SerializeToString
        )
        service = grpc.method_handlers_generic_handler("google.firestore.v1.Firestore", {"GetDocument": method})
        self._server.add_generic_rpc_handlers((service,))
        self.address = f"localhost:{self._server.add_secure_port('localhost:0', grpc.ssl_server_credentials([pair]))}"
        self._server.start()

    def _get(self, request: Any, call: grpc.ServicerContext) -> Any:
        self.heard.append(dict(call.invocation_metadata()))
        return rpc.Document(name=request.name)

    def stop(self) -> None:
        self._server.stop(None).wait()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[_Store]:
    served = _Store(tmp_path)
    yield served
    served.stop()


def test_a_read_is_encrypted_and_in_the_name_of_the_service_account(store: _Store, tmp_path: Path) -> None:
    pem, encryption = serialization.Encoding.PEM, serialization.NoEncryption()
    account = {
        "type": "service_account",
        "client_email": "run-api@p.iam.gserviceaccount.com",
        "private_key": KEY.private_bytes(pem, serialization.PrivateFormat.PKCS8, encryption).decode(),
    }
    with Toolkit("p", token="t-1") as google:
        (tmp_path / "account.json").write_text(json.dumps({**account, "token_uri": f"{google.url}/token"}))
        trusted = {"GRPC_DEFAULT_SSL_ROOTS_FILE_PATH": str(store.roots)}
        env = os.environ | trusted | {"GOOGLE_APPLICATION_CREDENTIALS": str(tmp_path / "account.json")}
        command = [sys.executable, "-c", _READS, store.address]
        done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "users/ann/vault/v1"), done.stderr
    [said] = store.heard
    assert said["authorization"] == "Bearer t-1"
    assert said["google-cloud-resource-prefix"] == "projects/p/databases/(default)"
