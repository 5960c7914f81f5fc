"""A stand-in of gcloud and Terraform: what this is run as, by its name, does as documented to a state in a file.

The state has: services (name -> revisions, ready, traffic, tag), indexes (polls until READY, and the state then),
objects of the bucket and their
generations, jobs, the plan, and `faults`: the commands that fail, by their first words, with what they print.
"""

import fcntl
import hashlib
import json
import os
import sys
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

STATE = "STAND_IN"


@contextmanager
def opened(file: Path) -> Iterator[dict[str, Any]]:
    """The state, for one process at a time; what is changed is kept."""
    with file.open("r+") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        state: dict[str, Any] = json.load(stream)
        yield state
        stream.seek(0)
        stream.truncate()
        json.dump(state, stream)


class Refused(Exception):
    """The command fails with this text."""


def main(words: list[str]) -> int:
    program, file = Path(sys.argv[0]).name, Path(os.environ[STATE])
    line = " ".join(word for word in words if not word.startswith("-chdir"))
    text = sys.stdin.read() if "-" in words else ""
    try:
        with opened(file) as state:
            state["log"].append(f"{program} {line}")
            fault = next((state["faults"][key] for key in state["faults"] if line.startswith(key)), None)
            if fault is not None:
                raise Refused(fault)
            answered = gcloud(state, words, text) if program == "gcloud" else terraform(state, words)
    except Refused as refusal:
        sys.stderr.write(f"{refusal}\n")
        return 1
    if program == "terraform" and "apply" in words and state["apply_seconds"]:
        time.sleep(state["apply_seconds"])
    sys.stdout.write(answered if isinstance(answered, str) else json.dumps(answered))
    return 0


def terraform(state: dict[str, Any], words: list[str]) -> Any:
    if "version" in words:
        return {"terraform_version": "1.11.4"}
    if "show" in words:
        return state["plan"]
    if "apply" in words and not words[-1].endswith(".indexes"):
        for name in state["deploys"]:
            _revise(state["services"].setdefault(name, {"revisions": [], "traffic": None, "tag": None}), name, state)
        state["deploys"] = []
    return ""


def _revise(service: dict[str, Any], name: str, state: dict[str, Any]) -> None:
    """A new revision: it serves where the latest does (traffic None), unless it does not start."""
    revision = f"{name}-{len(service['revisions']) + 1:05d}"
    service["revisions"].append(revision)
    if name not in state["unstarted"]:
        service["ready"] = revision


CONSTANT = {
    "auth print-access-token": "token",
    "auth list": [{"account": "ann@example.com", "status": "ACTIVE"}],
    "projects describe": {"lifecycleState": "ACTIVE"},
    "billing projects describe": {"billingEnabled": True},
    "services list": [{"config": {"name": f"{n}.googleapis.com"}} for n in ("cloudresourcemanager", "serviceusage")],
    "storage buckets describe": {"name": "bucket"},
    "secrets versions describe": {"state": "ENABLED"},
}


def gcloud(state: dict[str, Any], words: list[str], text: str) -> Any:
    line = " ".join(words)
    if (constant := next((CONSTANT[key] for key in CONSTANT if line.startswith(key)), None)) is not None:
        return constant
    options = dict(word[2:].split("=", 1) for word in words if word.startswith("--") and "=" in word)
    match [word for word in words if not word.startswith("--")]:
        case ["functions", "list"]:
            return state["functions"]
        case ["firestore", "indexes", kind, "list"]:
            return _indexes(state) if kind == "composite" else _fields(state)
        case ["run", "services", "list"]:
            return [_service(name, service, state) for name, service in state["services"].items()]
        case ["run", "revisions", "list"]:
            return [{"metadata": {"name": n}} for service in state["services"].values() for n in service["revisions"]]
        case ["run", "services", "update-traffic", name]:
            return _route(state["services"][name], options)
        case ["eventarc", "triggers", "list"]:
            return [
                {"name": f"projects/1/locations/nam5/triggers/{n}", "transport": {"pubsub": {"subscription": n}}}
                for n in state["eventarc"]
            ]
        case ["pubsub", "subscriptions", "update", name]:
            state["eventarc"][name] = f"{options['dead-letter-topic']} {options['max-delivery-attempts']}"
            return ""
        case ["scheduler", "jobs", verb, name]:
            return _job(state, verb, name)
        case ["storage", verb, *rest]:
            return _object(state, verb, rest[-1], options, text)
    raise Refused(f"ERROR: (gcloud) Invalid choice: {words}")


def _fields(state: dict[str, Any]) -> list[Any]:
    return [{"name": f"p/d/(default)/collectionGroups/{name}/fields/*"} for name in state["exempted"]]


def _indexes(state: dict[str, Any]) -> list[Any]:
    state["polls"] += 1
    ready = state["polls"] > state["polls_until_ready"]
    return [{**index, "state": state["index_state"] if ready else "CREATING"} for index in state["indexes"]]


def _service(name: str, service: dict[str, Any], state: dict[str, Any]) -> dict[str, Any]:
    serving = service["traffic"] or service["ready"]
    traffic: list[dict[str, Any]] = [{"percent": 100, "revisionName": serving}]
    if service["traffic"] is None:
        traffic[0]["latestRevision"] = True
    if service["tag"]:
        address = f"{state['url']}/{name}/{service['tag']}"
        traffic.append({"revisionName": service["tag"], "tag": "next", "url": address})
    status = {
        "latestCreatedRevisionName": service["revisions"][-1],
        "latestReadyRevisionName": service["ready"],
        "traffic": traffic,
        "url": f"{state['url']}/{name}/{serving}",
    }
    return {"metadata": {"name": name}, "status": status}


def _route(service: dict[str, Any], options: dict[str, str]) -> dict[str, Any]:
    if routed := options.get("to-revisions"):
        revision, _, percent = routed.partition("=")
        if revision not in service["revisions"] or percent != "100":
            raise Refused(f"ERROR: (gcloud.run.services.update-traffic) Revision {routed} is not there")
        service["traffic"] = revision
    if tag := options.get("update-tags"):
        service["tag"] = tag.removeprefix("next=")
    if "remove-tags" in options:
        service["tag"] = None
    return {}


def _job(state: dict[str, Any], verb: str, name: str) -> dict[str, Any]:
    job: dict[str, Any] = state["jobs"][name]
    if verb == "run":
        serving = state["services"][name]["traffic"]
        job["lastAttemptTime"] = f"attempt {len(state['log'])}"
        job["status"] = {"code": 13} if serving in state["bad_revisions"] else {}
    return job


def _object(state: dict[str, Any], verb: str, address: str, options: dict[str, str], text: str) -> Any:
    """Objects of Cloud Storage; the generation of an object is how many were written before."""
    objects, generations = state["objects"], state["generations"]
    condition = options.get("if-generation-match")
    if condition is not None and condition != generations.get(address, "0"):
        raise Refused("ERROR: HTTPError 412: At least one of the pre-conditions you specified did not hold.")
    if verb == "cp":
        objects[address] = text
        generations[address] = str(len(state["log"]))
    elif address not in objects:
        raise Refused(f"ERROR: The following URLs matched no objects or files:\n-{address}")
    elif verb == "rm":
        del objects[address], generations[address]
    elif verb == "objects":
        md5 = b64encode(hashlib.md5(objects[address].encode(), usedforsecurity=False).digest()).decode()
        return {"name": address, "generation": generations[address], "md5Hash": md5}
    return objects.get(address, "")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
