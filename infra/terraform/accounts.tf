# One account for each kind of function, one for each kind of caller, and one that builds. None is Compute Engine's
# default account, which may edit the whole project.

resource "google_service_account" "runtime" {
  for_each     = local.plan.accounts
  project      = var.project
  account_id   = each.key
  display_name = "Functions: ${trimprefix(each.key, "run-")}"
  depends_on   = [time_sleep.apis]
}

resource "google_service_account" "caller" {
  for_each     = local.plan.callers
  project      = var.project
  account_id   = each.key
  display_name = "Calls ${length(each.value)} functions: ${trimprefix(each.key, "call-")}"
  depends_on   = [time_sleep.apis]
}

resource "google_service_account" "build" {
  project      = var.project
  account_id   = "build-functions"
  display_name = "Builds functions"
  depends_on   = [time_sleep.apis]
}

resource "google_project_iam_member" "documents" {
  for_each = local.plan.accounts
  project  = var.project
  role     = "roles/datastore.user"
  member   = google_service_account.runtime[each.key].member
}

resource "google_project_iam_member" "models" {
  for_each = { for account, rights in local.plan.accounts : account => rights if var.vertex_ai }
  project  = var.project
  role     = "roles/aiplatform.user"
  member   = google_service_account.runtime[each.key].member
}

# Who serves streams looks up whether users' access was revoked.
resource "google_project_iam_member" "users" {
  for_each = { for account, rights in local.plan.accounts : account => rights if rights.users }
  project  = var.project
  role     = "roles/firebaseauth.viewer"
  member   = google_service_account.runtime[each.key].member
}

resource "google_pubsub_topic_iam_member" "publisher" {
  for_each = merge([
    for account, rights in local.plan.accounts : { for topic in rights.publishes : "${account} ${topic}" => [account, topic] }
  ]...)

  project = var.project
  topic   = google_pubsub_topic.topic[each.value[1]].name
  role    = "roles/pubsub.publisher"
  member  = google_service_account.runtime[each.value[0]].member
}

resource "google_cloud_tasks_queue_iam_member" "enqueuer" {
  for_each = merge([
    for account, rights in local.plan.accounts : { for queue in rights.enqueues : "${account} ${queue}" => [account, queue] }
  ]...)

  project  = var.project
  location = local.region
  name     = google_cloud_tasks_queue.queue[each.value[1]].name
  role     = "roles/cloudtasks.enqueuer"
  member   = google_service_account.runtime[each.value[0]].member
}

# `/api/ready` looks the step topic and the wake-up queue up, which who may only send cannot.
resource "google_project_iam_member" "looks_up" {
  for_each = toset(["roles/pubsub.viewer", "roles/cloudtasks.viewer"])
  project  = var.project
  role     = each.key
  member   = google_service_account.runtime["run-api"].member
}

# Who makes a task that calls as another account must be allowed to act as that.
resource "google_service_account_iam_member" "acts_as" {
  for_each = merge([
    for account, rights in local.plan.accounts : { for caller in rights.acts_as : "${account} ${caller}" => [account, caller] }
  ]...)

  service_account_id = google_service_account.caller[each.value[1]].name
  role               = "roles/iam.serviceAccountUser"
  member             = google_service_account.runtime[each.value[0]].member
}

resource "google_secret_manager_secret_iam_member" "reader" {
  for_each = merge([
    for account, rights in local.plan.accounts : {
      for secret in rights.secrets : "${account} ${secret}" => [account, secret] if contains(keys(local.secret_versions), secret)
    }
  ]...)

  project    = var.project
  secret_id  = each.value[1]
  role       = "roles/secretmanager.secretAccessor"
  member     = google_service_account.runtime[each.value[0]].member
  depends_on = [google_secret_manager_secret.key]
}

resource "google_project_iam_member" "traces" {
  for_each = { for account, rights in local.plan.accounts : account => rights if var.traces }
  project  = var.project
  role     = "roles/telemetry.tracesWriter"
  member   = google_service_account.runtime[each.key].member
}

# Eventarc: the trigger's account receives events, and Google's own sets the delivery up.
resource "google_project_iam_member" "events" {
  project = var.project
  role    = "roles/eventarc.eventReceiver"
  member  = google_service_account.caller["call-eventarc"].member
}

resource "google_project_iam_member" "eventarc_agent" {
  project = var.project
  role    = "roles/eventarc.serviceAgent"
  member  = local.agents.eventarc

  depends_on = [google_project_service_identity.agent]
}

# Pub/Sub signs the tokens with which it pushes, also for Eventarc.
resource "google_service_account_iam_member" "tokens" {
  for_each           = toset(["call-eventarc", "call-pubsub"])
  service_account_id = google_service_account.caller[each.value].name
  role               = "roles/iam.serviceAccountTokenCreator"
  member             = local.agents.pubsub
  depends_on         = [google_project_service_identity.agent]
}

resource "google_project_iam_member" "build" {
  for_each = toset(["roles/artifactregistry.writer", "roles/logging.logWriter", "roles/storage.objectViewer"])
  project  = var.project
  role     = each.value
  member   = google_service_account.build.member
}

# A right is in force everywhere up to two minutes after it was given. Without the wait, the first apply in an empty
# project fails: «Permission denied while using the Eventarc Service Agent».
resource "time_sleep" "rights" {
  create_duration = "120s"
  depends_on = [
    google_project_iam_member.build,
    google_project_iam_member.documents,
    google_project_iam_member.eventarc_agent,
    google_project_iam_member.events,
    google_secret_manager_secret_iam_member.reader,
    google_service_account_iam_member.tokens,
  ]
}
