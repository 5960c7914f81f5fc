"""Users who work while others of their tabs listen: each writes through the API, as the product's page does."""

import random
from typing import Any, Self

from infra.local import plain
from infra.local.process import LocalError
from infra.local.tokens import unsigned

_ATTEMPTS = 5  # each takes as long as the store is given
_STEPS = ("send_notification", "send_notification", "send_notification")


class User:
    """One user of the API, with an automation for new prospects and a prospect that is changed again and again."""

    def __init__(self, url: str, project: str, uid: str) -> None:
        self.uid, self.token = uid, unsigned(project, uid)
        self._http = plain.client(base_url=url, timeout=60, headers={"Authorization": f"Bearer {self.token}"})
        self.prospect = ""
        self._versions = self._prospects = 0
        self._notices: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._http.close()

    def prepare(self) -> None:
        """Make the automation and the prospect."""
        self.prospect = self._send("POST", "/api/prospects", {"name": "V00000"})["prospect"]["id"]
        body = {
            "name": "Storm",
            "trigger": "new_prospect_added",
            "steps": [{"action": action, "config": {"title": "Came", "message": "m"}} for action in _STEPS],
        }
        automation = self._send("POST", "/api/automations", body)["automation"]["id"]
        self._send("POST", f"/api/automations/{automation}/activate", {})

    def work(self, dice: random.Random) -> None:
        """Do one of several things."""
        match dice.randrange(4):
            case 0:
                self.bring()
            case 1:
                self.change()
            case 2:
                self.notify()
            case _:
                self.read()

    def bring(self) -> None:
        """Bring a prospect: an activity, an execution of three steps, three notifications."""
        self._prospects += 1
        self._send("POST", "/api/prospects", {"name": f"P{self._prospects}"})

    def change(self) -> None:
        """Change the prospect that is looked at."""
        self._versions += 1
        self._send("PATCH", f"/api/prospects/{self.prospect}", {"name": f"V{self._versions:05}"})

    def notify(self) -> str:
        """Make a notification; returns its id."""
        made = self._send("POST", "/api/notifications", {"title": "Told", "message": "m"})["notification"]
        self._notices.append(made["id"])
        return self._notices[-1]

    def read(self) -> None:
        """Read a notification, if there is one."""
        if self._notices:
            self._send("PUT", f"/api/notifications/{self._notices.pop()}/read", {})

    def _send(self, method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        response = self._http.request(method, path, json=body)
        attempts = 1
        while response.status_code == 503 and attempts < _ATTEMPTS:
            response, attempts = self._http.request(method, path, json=body), attempts + 1
        if not response.is_success:
            raise LocalError(f"{method} {path}: {response.status_code} {response.text[:300]}")
        answer: dict[str, Any] = response.json()
        return answer
