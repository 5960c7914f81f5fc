locals {
  apis = toset([
    "artifactregistry.googleapis.com",
    "billingbudgets.googleapis.com",
    "cloudbuild.googleapis.com",
    "cloudfunctions.googleapis.com",
    "cloudresourcemanager.googleapis.com",
    "cloudscheduler.googleapis.com",
    "cloudtasks.googleapis.com",
    "eventarc.googleapis.com",
    "firebase.googleapis.com",
    "firebasehosting.googleapis.com",
    "firebaserules.googleapis.com",
    "firestore.googleapis.com",
    "iam.googleapis.com",
    "identitytoolkit.googleapis.com",
    "logging.googleapis.com",
    "monitoring.googleapis.com",
    "pubsub.googleapis.com",
    "run.googleapis.com",
    "secretmanager.googleapis.com",
    "serviceusage.googleapis.com",
    "storage.googleapis.com",
  ])
}

resource "google_project_service" "api" {
  for_each = setunion(
    local.apis,
    var.vertex_ai ? ["aiplatform.googleapis.com"] : [],
    var.traces ? ["cloudtrace.googleapis.com", "telemetry.googleapis.com"] : [],
  )
  project            = var.project
  service            = each.value
  disable_on_destroy = false # something else in the project may need it
}

# An API answers that it is disabled for about a minute after it was enabled.
resource "time_sleep" "apis" {
  create_duration = "60s"
  triggers        = { apis = join(",", sort([for api in google_project_service.api : api.service])) }
}

# Google's own accounts in this project. A new project has none of them until they are asked for.
resource "google_project_service_identity" "agent" {
  provider   = google-beta
  for_each   = toset(["cloudtasks.googleapis.com", "eventarc.googleapis.com", "pubsub.googleapis.com"])
  project    = var.project
  service    = each.value
  depends_on = [time_sleep.apis]
}

# Their names follow from the project's number. What the resource above exports of them is null now and then.
locals {
  agents = {
    for api in ["eventarc", "pubsub"] :
    api => "serviceAccount:service-${data.google_project.project.number}@gcp-sa-${api}.iam.gserviceaccount.com"
  }
}

data "google_project" "project" {
  project_id = var.project
}
