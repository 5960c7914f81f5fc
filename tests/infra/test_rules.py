"""The security rules, in the emulator: users read their own documents, and write none."""

from pathlib import Path

import httpx

from infra.local.cloud import LocalCloud
from tests.fixtures.tokens import unsigned


def test_users_read_their_own_and_write_nothing(cloud: LocalCloud, project: str, root: Path) -> None:
    host = f"http://{cloud.emulators.firestore_host}"
    rules = (root / "infra/firestore/firestore.rules").read_text()
    body = {"rules": {"files": [{"name": "firestore.rules", "content": rules}]}}
    httpx.put(f"{host}/emulator/v1/projects/{project}:securityRules", json=body).raise_for_status()
    documents = f"{host}/v1/projects/{project}/databases/(default)/documents"
    own, shared = f"{documents}/users/ann/prospects/p", f"{documents}/other/x"
    request = f"{documents}/users/ann/idempotency/k"
    owner = {"Authorization": "Bearer owner"}
    for url in (own, shared, request):
        httpx.patch(url, json={"fields": {"a": {"integerValue": "1"}}}, headers=owner).raise_for_status()

    def status(method: str, url: str, uid: str | None) -> int:
        headers = {"Authorization": f"Bearer {unsigned(project, uid)}"} if uid else {}
        return httpx.request(
            method, url, headers=headers, json={"fields": {}} if method == "PATCH" else None
        ).status_code

    assert status("GET", own, "ann") == 200
    assert status("GET", f"{own}/steps/0000-a", "ann") == 404
    assert [status("GET", own, "bob"), status("GET", own, None), status("GET", shared, "ann")] == [403] * 3
    assert status("GET", request, "ann") == 403  # the answer that it keeps may show a secret
    assert [status("PATCH", own, "ann"), status("DELETE", own, "ann"), status("PATCH", shared, "ann")] == [403] * 3
