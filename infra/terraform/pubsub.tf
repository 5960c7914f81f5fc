resource "google_pubsub_topic" "topic" {
  for_each   = local.plan.topics
  project    = var.project
  name       = each.key
  depends_on = [time_sleep.apis]
}

resource "google_pubsub_subscription" "push" {
  for_each                   = local.plan.topics
  project                    = var.project
  name                       = each.value.subscription
  topic                      = google_pubsub_topic.topic[each.key].id
  ack_deadline_seconds       = each.value.ack_deadline
  message_retention_duration = "604800s" # 7 days

  push_config {
    push_endpoint = google_cloudfunctions2_function.function[each.value.function].service_config[0].uri

    oidc_token {
      service_account_email = google_service_account.caller["call-pubsub"].email
      audience              = google_cloudfunctions2_function.function[each.value.function].service_config[0].uri
    }
  }

  retry_policy {
    minimum_backoff = "${each.value.min_backoff}s"
    maximum_backoff = "${each.value.max_backoff}s"
  }

  dynamic "dead_letter_policy" {
    for_each = each.value.dead_letters == null ? [] : [each.value.dead_letters]

    content {
      dead_letter_topic     = google_pubsub_topic.topic[dead_letter_policy.value].id
      max_delivery_attempts = each.value.max_attempts
    }
  }

  expiration_policy {
    ttl = "" # never, however long nobody uses it
  }

  depends_on = [google_cloud_run_service_iam_member.caller]
}

# Pub/Sub itself moves a message: it publishes to the dead letters, and acknowledges at the subscription.
resource "google_pubsub_topic_iam_member" "dead_letters" {
  for_each = toset([for topic in local.plan.topics : topic.dead_letters if topic.dead_letters != null])
  project  = var.project
  topic    = google_pubsub_topic.topic[each.key].name
  role     = "roles/pubsub.publisher"
  member   = local.agents.pubsub

  depends_on = [google_project_service_identity.agent]
}

# At every subscription of the project, since those that Eventarc makes are not Terraform's: `make deploy` has them give
# up to the same topic.
resource "google_project_iam_member" "dead_letters" {
  project = var.project
  role    = "roles/pubsub.subscriber"
  member  = local.agents.pubsub

  depends_on = [google_project_service_identity.agent]
}
