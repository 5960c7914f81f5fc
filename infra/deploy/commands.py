"""The commands of a deployment as values: what is run is decided apart from running it, and both are tested."""

import json
from dataclasses import dataclass
from typing import Any

TERRAFORM = "infra/terraform"
DEAD_LETTERS, ATTEMPTS = "dead-letters", 100
NEXT = "next"  # the traffic tag by which a revision is asked before anybody else is served by it


@dataclass(frozen=True)
class Command:
    """A program and its arguments; `shown` lets its output through, in place of answering it."""

    argv: tuple[str, ...]
    stdin: str | None = None
    environment: tuple[tuple[str, str], ...] = ()  # its whole environment; (): the caller's
    shown: bool = False


@dataclass(frozen=True)
class Call:
    """A request to one of Google's APIs in the caller's name."""

    url: str
    body: str
    method: str = "POST"


@dataclass(frozen=True)
class Answer:
    """What a command or call came to: its exit code (0 is success), what it printed, and its errors."""

    code: int = 0
    out: str = ""
    err: str = ""

    @property
    def ok(self) -> bool:
        return self.code == 0

    def json(self) -> Any:
        """The output as JSON; None where it is none, as after a failure."""
        try:
            return json.loads(self.out)
        except ValueError:
            return None


@dataclass(frozen=True)
class Site:
    """Where it is deployed: project, region, and the bucket of Terraform's state, deployment record and lock."""

    project: str
    region: str
    bucket: str
    resource_manager: str = "https://cloudresourcemanager.googleapis.com"
    firestore: str = "https://firestore.googleapis.com"

    def gcloud(self, *words: str, json: bool = True) -> Command:
        """A gcloud command on the project."""
        tail = ("--format=json",) if json else ()
        return Command(("gcloud", *words, f"--project={self.project}", *tail, "--quiet"))

    def services(self) -> Command:
        return self.gcloud("run", "services", "list", f"--region={self.region}")

    def revisions(self) -> Command:
        return self.gcloud("run", "revisions", "list", f"--region={self.region}")

    def functions(self) -> Command:
        return self.gcloud("functions", "list", "--v2", f"--regions={self.region}")

    def indexes(self) -> Command:
        return self.gcloud("firestore", "indexes", "composite", "list", "--database=(default)")

    def fields(self) -> Command:
        """The fields, `*` of a collection among them, whose single-field indexes are not Firestore's own choice."""
        return self.gcloud("firestore", "indexes", "fields", "list", "--database=(default)")

    def exempt(self, collection: str) -> Call:
        """Have a collection's fields indexed only where they have indexes of their own.

        https://cloud.google.com/firestore/docs/reference/rest/v1/projects.databases.collectionGroups.fields/patch
        """
        field = f"projects/{self.project}/databases/(default)/collectionGroups/{collection}/fields/*"
        body = json.dumps({"indexConfig": {"indexes": []}})
        return Call(f"{self.firestore}/v1/{field}?updateMask=indexConfig", body, method="PATCH")

    def triggers(self) -> Command:
        return self.gcloud("eventarc", "triggers", "list", "--location=-")

    def give_up(self, subscription: str) -> Command:
        """Have a subscription give a message up to the dead letters: after 16 hours, within Eventarc's day."""
        limits = (f"--dead-letter-topic={DEAD_LETTERS}", f"--max-delivery-attempts={ATTEMPTS}")
        return self.gcloud("pubsub", "subscriptions", "update", subscription, *limits, json=False)

    def route(self, service: str, revision: str) -> Command:
        """All of a service's traffic to one revision, by its name, so that no later one takes it by itself."""
        return self._traffic(service, f"--to-revisions={revision}=100")

    def tag(self, service: str, revision: str) -> Command:
        """An address of its own for a revision that serves nobody yet."""
        return self._traffic(service, f"--update-tags={NEXT}={revision}")

    def untag(self, service: str) -> Command:
        return self._traffic(service, f"--remove-tags={NEXT}")

    def _traffic(self, service: str, change: str) -> Command:
        return self.gcloud("run", "services", "update-traffic", service, f"--region={self.region}", change)

    def run_job(self, job: str) -> Command:
        return self.gcloud("scheduler", "jobs", "run", job, f"--location={self.region}")

    def job(self, job: str) -> Command:
        return self.gcloud("scheduler", "jobs", "describe", job, f"--location={self.region}")

    def create_object(self, name: str, text: str) -> Command:
        """Write an object, or fail where there is one."""
        return self._write(name, text, "--if-generation-match=0")

    def write_object(self, name: str, text: str) -> Command:
        return self._write(name, text)

    def _write(self, name: str, text: str, *conditions: str) -> Command:
        words = ("storage", "cp", "-", self._address(name), *conditions)
        return Command(self.gcloud(*words, json=False).argv, stdin=text)

    def read_object(self, name: str) -> Command:
        return self.gcloud("storage", "cat", self._address(name), json=False)

    def describe_object(self, name: str) -> Command:
        """Its resource as Cloud Storage has it: `generation` and `md5Hash` among others."""
        return self.gcloud("storage", "objects", "describe", self._address(name), "--raw")

    def remove_object(self, name: str, generation: str) -> Command:
        """Remove an object, or fail where it is not of this generation any more."""
        return self.gcloud("storage", "rm", self._address(name), f"--if-generation-match={generation}", json=False)

    def _address(self, name: str) -> str:
        return f"gs://{self.bucket}/deploy/{name}"

    def terraform(self, *words: str, shown: bool = True) -> Command:
        return Command(("terraform", f"-chdir={TERRAFORM}", *words), shown=shown)

    def init(self) -> Command:
        return self.terraform("init", "-input=false", "-reconfigure", f"-backend-config=bucket={self.bucket}")

    def plan(self, file: str, *targets: str) -> Command:
        """Compare with the recorded state, not with Google Cloud: traffic that a deployment moved is no difference."""
        variables = (f"-var=project={self.project}", "-var=hold_traffic=true")
        aims = tuple(f"-target={target}" for target in targets)
        return self.terraform("plan", "-input=false", "-refresh=false", f"-out={file}", *variables, *aims)

    def apply(self, file: str) -> Command:
        return self.terraform("apply", "-input=false", file)

    def show(self, file: str) -> Command:
        return self.terraform("show", "-json", file, shown=False)
