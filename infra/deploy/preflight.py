"""Says what would stop a deployment before it begins: each finding is a sentence with the way out."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from infra.deploy.commands import Answer, Call, Command, Site

TERRAFORM = (1, 11)
# Without these, Terraform cannot even enable the others.
_FIRST_APIS = ("cloudresourcemanager.googleapis.com", "serviceusage.googleapis.com")
# What an apply needs -> a role that has it.
PERMISSIONS = {
    "artifactregistry.repositories.create": "roles/artifactregistry.admin",
    "cloudfunctions.functions.create": "roles/cloudfunctions.admin",
    "cloudfunctions.functions.update": "roles/cloudfunctions.admin",
    "cloudscheduler.jobs.create": "roles/cloudscheduler.admin",
    "cloudscheduler.jobs.run": "roles/cloudscheduler.admin",
    "cloudtasks.queues.create": "roles/cloudtasks.admin",
    "datastore.databases.create": "roles/datastore.owner",
    "datastore.indexes.create": "roles/datastore.indexAdmin",
    "eventarc.triggers.create": "roles/eventarc.admin",
    "firebase.projects.update": "roles/firebase.admin",
    "firebasehosting.sites.create": "roles/firebasehosting.admin",
    "firebaserules.releases.create": "roles/firebaserules.admin",
    "iam.serviceAccounts.actAs": "roles/iam.serviceAccountUser",
    "iam.serviceAccounts.create": "roles/iam.serviceAccountAdmin",
    "logging.logMetrics.create": "roles/logging.configWriter",
    "monitoring.alertPolicies.create": "roles/monitoring.admin",
    "pubsub.subscriptions.create": "roles/pubsub.admin",
    "pubsub.topics.create": "roles/pubsub.admin",
    "resourcemanager.projects.setIamPolicy": "roles/resourcemanager.projectIamAdmin",
    "run.services.setIamPolicy": "roles/run.admin",
    "run.services.update": "roles/run.admin",
    "secretmanager.secrets.create": "roles/secretmanager.admin",
    "serviceusage.services.enable": "roles/serviceusage.serviceUsageAdmin",
    "storage.buckets.create": "roles/storage.admin",
}
_PROJECT_ID = re.compile(r"[a-z][a-z0-9-]{4,28}[a-z0-9]")
_MISSING = 127  # as a shell says that there is no such program


@dataclass(frozen=True)
class Problem:
    """What stops the deployment, and the way out."""

    text: str


def checked_project(name: str) -> Problem | None:
    """What is wrong with a project's id, before anything is asked with it."""
    if _PROJECT_ID.fullmatch(name):
        return None
    return Problem(
        f"PROJECT is {name!r}, which is no project's id (6 to 30 lower-case letters, digits and hyphens; not its name "
        "or number). List yours: gcloud projects list"
    )


def questions(site: Site) -> dict[str, Command | Call]:
    """What is asked, by a name for each."""
    url = f"{site.resource_manager}/v1/projects/{site.project}:testIamPermissions"
    body = json.dumps({"permissions": list(PERMISSIONS)})
    return {
        "terraform": Command(("terraform", "version", "-json")),
        "account": Command(("gcloud", "auth", "list", "--filter=status:ACTIVE", "--format=json")),
        "project": Command(("gcloud", "projects", "describe", site.project, "--format=json")),
        "billing": Command(("gcloud", "billing", "projects", "describe", site.project, "--format=json")),
        "apis": site.gcloud("services", "list", "--enabled"),
        "permissions": Call(url, body),
        "bucket": Command(("gcloud", "storage", "buckets", "describe", f"gs://{site.bucket}", "--format=json")),
    }


def problems(site: Site, answers: Mapping[str, Answer]) -> list[Problem]:
    """Everything that is wrong. What cannot be asked because of something earlier is left out."""
    first, account = list(_terraform(answers["terraform"])), list(_account(answers["account"]))
    project = [] if account else list(_project(site, answers["project"]))
    if account or project:
        return [*first, *account, *project]
    later = (
        _billing(site, answers["billing"]),
        _apis(site, answers["apis"]),
        _permissions(site, answers["permissions"], answers["account"]),
        _bucket(site, answers["bucket"]),
    )
    return [*first, *(problem for found in later for problem in found)]


def _terraform(answer: Answer) -> Iterator[Problem]:
    way_out = "Install Terraform 1.11 or later: https://developer.hashicorp.com/terraform/install"
    if not answer.ok:
        yield Problem(f"Terraform is missing. {way_out}")
        return
    version = str((answer.json() or {}).get("terraform_version", ""))
    numbers = tuple(int(part) for part in re.findall(r"\d+", version)[:2])
    if numbers < TERRAFORM:
        yield Problem(f"Terraform is {version or 'of an unknown version'}. {way_out}")


def _account(answer: Answer) -> Iterator[Problem]:
    if answer.code == _MISSING:
        yield Problem("gcloud is missing. Install it: https://cloud.google.com/sdk/docs/install")
    elif not answer.ok:
        yield Problem(f"gcloud does not work: {_first_line(answer.err)}")
    elif not answer.json():
        yield Problem(
            "Nobody is signed in to gcloud. Sign in for it and for Terraform: gcloud auth login && gcloud auth "
            "application-default login"
        )


def _project(site: Site, answer: Answer) -> Iterator[Problem]:
    if not answer.ok:
        yield Problem(
            f"Project {site.project} is not there, or not for you to see. Make it (gcloud projects create "
            f"{site.project}), or have its owner give you roles/viewer. gcloud says: {_first_line(answer.err)}"
        )
        return
    state = (answer.json() or {}).get("lifecycleState")
    if state != "ACTIVE":
        yield Problem(f"Project {site.project} is {state}. Bring it back: gcloud projects undelete {site.project}")


def _billing(site: Site, answer: Answer) -> Iterator[Problem]:
    link = f"gcloud billing projects link {site.project} --billing-account=ACCOUNT"
    if not answer.ok:
        yield Problem(f"Whether {site.project} has billing cannot be seen: {_first_line(answer.err)}. If not: {link}")
    elif not (answer.json() or {}).get("billingEnabled"):
        yield Problem(f"Project {site.project} has no billing, without which no function is built. Link it: {link}")


def _apis(site: Site, answer: Answer) -> Iterator[Problem]:
    enabled = {service.get("config", {}).get("name") for service in answer.json() or []} if answer.ok else set()
    missing = [api for api in _FIRST_APIS if api not in enabled]
    if missing:
        yield Problem(
            f"{' and '.join(missing)} must be enabled first; Terraform enables the others. Run: gcloud services enable "
            f"{' '.join(missing)} --project={site.project}"
        )


def _permissions(site: Site, answer: Answer, account: Answer) -> Iterator[Problem]:
    if not answer.ok:
        yield Problem(f"What you may do in {site.project} cannot be seen: {_first_line(answer.err or answer.out)}")
        return
    granted = set((answer.json() or {}).get("permissions", ()))
    missing = sorted(set(PERMISSIONS) - granted)
    if missing:
        who = next((entry["account"] for entry in account.json() or ()), "YOU")
        kind = "serviceAccount" if who.endswith("gserviceaccount.com") else "user"
        roles = sorted({PERMISSIONS[permission] for permission in missing})
        grants = "".join(
            f"\n    gcloud projects add-iam-policy-binding {site.project} --member={kind}:{who} --role={role}"
            for role in roles
        )
        yield Problem(f"{who} lacks {', '.join(missing)} in {site.project}. Its owner can give it:{grants}")


def _bucket(site: Site, answer: Answer) -> Iterator[Problem]:
    if answer.ok:
        return
    yield Problem(
        f"The bucket {site.bucket}, which keeps Terraform's state, is not there or not for you to read. Make it: "
        f"gcloud storage buckets create gs://{site.bucket} --project={site.project} --uniform-bucket-level-access "
        f"--public-access-prevention && gcloud storage buckets update gs://{site.bucket} --versioning"
    )


def _first_line(text: str) -> str:
    """The first sentence of an error, without gcloud's prefix."""
    lines: Iterable[str] = (line.strip() for line in text.splitlines())
    line = next((line for line in lines if line), "no reason given")
    return re.sub(r"^ERROR: (\([\w.-]+\) )?", "", line).rstrip(".")
