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

  dead_letter_policy {
    dead_letter_topic     = google_pubsub_topic.dead_letters[each.key].id
    max_delivery_attempts = each.value.max_attempts
  }

  expiration_policy {
    ttl = "" # never, however long nobody uses it
  }

  depends_on = [google_cloud_run_service_iam_member.caller]
}

# A dead-letter topic without a subscription loses what is sent to it.
resource "google_pubsub_topic" "dead_letters" {
  for_each   = local.plan.topics
  project    = var.project
  name       = each.value.dead_letters
  depends_on = [time_sleep.apis]
}

resource "google_pubsub_subscription" "dead_letters" {
  for_each                   = local.plan.topics
  project                    = var.project
  name                       = each.value.dead_letters
  topic                      = google_pubsub_topic.dead_letters[each.key].id
  ack_deadline_seconds       = 60
  message_retention_duration = "2678400s" # 31 days, the longest that there is

  expiration_policy {
    ttl = ""
  }
}

# Pub/Sub itself moves a message: it publishes to the dead letters, and acknowledges at the subscription.
resource "google_pubsub_topic_iam_member" "dead_letters" {
  for_each = local.plan.topics
  project  = var.project
  topic    = google_pubsub_topic.dead_letters[each.key].name
  role     = "roles/pubsub.publisher"
  member   = local.agents.pubsub

  depends_on = [google_project_service_identity.agent]
}

resource "google_pubsub_subscription_iam_member" "dead_letters" {
  for_each     = local.plan.topics
  project      = var.project
  subscription = google_pubsub_subscription.push[each.key].name
  role         = "roles/pubsub.subscriber"
  member       = local.agents.pubsub

  depends_on = [google_project_service_identity.agent]
}
