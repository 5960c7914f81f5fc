locals {
  channels = [for channel in google_monitoring_notification_channel.email : channel.id]

  # One threshold each: a filter, how it is reduced, and above what, for how many seconds, somebody is told.
  alerts = {
    dead-letters = {
      title   = "Messages are dead letters"
      text    = "A message was given up after all attempts. Look at it, mend the cause, then send it again."
      filter  = "resource.type = \"pubsub_subscription\" AND metric.type = \"pubsub.googleapis.com/subscription/num_undelivered_messages\" AND resource.labels.subscription_id = monitoring.regex.full_match(\"${join("|", [for topic in local.plan.topics : topic.subscription if topic.dead_letters == null])}\")"
      aligner = "ALIGN_MAX", reducer = "REDUCE_SUM", group = ["resource.label.subscription_id"]
      above   = 0, seconds = 60, severity = "CRITICAL"
    }
    oldest-message = {
      title   = "Executions wait for a runner"
      text    = "The oldest message that no runner has taken is over 5 minutes old."
      filter  = "resource.type = \"pubsub_subscription\" AND metric.type = \"pubsub.googleapis.com/subscription/oldest_unacked_message_age\" AND resource.labels.subscription_id = monitoring.regex.full_match(\"${join("|", [for topic in local.plan.topics : topic.subscription])}\")"
      aligner = "ALIGN_MAX", reducer = "REDUCE_MAX", group = ["resource.label.subscription_id"]
      above   = 300, seconds = 300, severity = "ERROR"
    }
    queue-depth = {
      title   = "Tasks pile up"
      text    = "Over 10,000 tasks are in a queue, those included that are not due yet."
      filter  = "resource.type = \"cloud_tasks_queue\" AND metric.type = \"cloudtasks.googleapis.com/queue/depth\""
      aligner = "ALIGN_MAX", reducer = "REDUCE_MAX", group = ["resource.label.queue_id"]
      above   = 10000, seconds = 900, severity = "WARNING"
    }
    failed-jobs = {
      title   = "A schedule fails"
      text    = "A job failed three times in ten minutes. What is overdue is found late while it does."
      filter  = "resource.type = \"cloud_scheduler_job\" AND metric.type = \"logging.googleapis.com/user/${google_logging_metric.failed_jobs.name}\""
      aligner = "ALIGN_DELTA", reducer = "REDUCE_SUM", group = ["metric.label.job"]
      above   = 2, seconds = 0, severity = "ERROR"
    }
    errors = {
      title   = "A function logs errors"
      text    = "Over 20 errors in ten minutes. Error Reporting groups them."
      filter  = "resource.type = \"cloud_run_revision\" AND metric.type = \"logging.googleapis.com/user/${google_logging_metric.errors.name}\""
      aligner = "ALIGN_DELTA", reducer = "REDUCE_SUM", group = ["metric.label.function"]
      above   = 20, seconds = 0, severity = "WARNING"
    }
    latency = {
      title   = "The API is slow"
      text    = "The slowest twentieth of answers takes over a second. Look for cold starts, a provider, a missing index."
      filter  = "resource.type = \"cloud_run_revision\" AND metric.type = \"run.googleapis.com/request_latencies\" AND resource.labels.service_name = monitoring.regex.full_match(\"${join("|", keys(local.quick))}\")"
      aligner = "ALIGN_PERCENTILE_95", reducer = "REDUCE_MAX", group = ["resource.label.service_name"]
      above   = 1000, seconds = 600, severity = "WARNING"
    }
    event-age = {
      title   = "Document events come late"
      text    = "A twentieth of document events is taken over a minute after the write: automations start late."
      filter  = "resource.type = \"cloud_run_revision\" AND metric.type = \"logging.googleapis.com/user/${google_logging_metric.metric["event_age"].name}\""
      aligner = "ALIGN_PERCENTILE_95", reducer = "REDUCE_MAX", group = ["metric.label.function"]
      above   = 60000, seconds = 600, severity = "WARNING"
    }
    refused = {
      title   = "Work is refused for good"
      text    = "A message, task or event was acknowledged although it cannot be done: its entry in the logs says why."
      filter  = "resource.type = \"cloud_run_revision\" AND metric.type = \"logging.googleapis.com/user/${google_logging_metric.metric["refused"].name}\""
      aligner = "ALIGN_DELTA", reducer = "REDUCE_SUM", group = ["metric.label.function"]
      above   = 20, seconds = 0, severity = "WARNING"
    }
    quota = {
      title   = "A quota is used up"
      text    = "Google refused calls because of a quota, Firestore's or another's."
      filter  = "resource.type = \"consumer_quota\" AND metric.type = \"serviceruntime.googleapis.com/quota/exceeded\" AND resource.labels.service = monitoring.regex.full_match(\"(firestore|datastore|run|cloudfunctions|pubsub|cloudtasks)\\\\.googleapis\\\\.com\")"
      aligner = "ALIGN_COUNT_TRUE", reducer = "REDUCE_SUM", group = ["resource.label.service"]
      above   = 0, seconds = 0, severity = "ERROR"
    }
  }
}

resource "google_monitoring_notification_channel" "email" {
  count        = var.alert_email == "" ? 0 : 1
  project      = var.project
  display_name = "On call"
  type         = "email"
  labels       = { email_address = var.alert_email }
  depends_on   = [time_sleep.apis]
}

# Monitoring refuses an alert on a metric that it does not know yet; a new log-based one takes up to ten minutes.
resource "time_sleep" "metrics" {
  create_duration = "600s"
  triggers = {
    metrics = join(",", concat(
      [google_logging_metric.errors.name, google_logging_metric.failed_jobs.name],
      [for metric in google_logging_metric.metric : metric.name],
    ))
  }
}

resource "google_monitoring_alert_policy" "threshold" {
  for_each              = local.alerts
  project               = var.project
  display_name          = each.value.title
  combiner              = "OR"
  severity              = each.value.severity
  notification_channels = local.channels
  depends_on            = [time_sleep.metrics]

  conditions {
    display_name = each.value.title

    condition_threshold {
      filter          = each.value.filter
      comparison      = "COMPARISON_GT"
      threshold_value = each.value.above
      duration        = "${each.value.seconds}s"

      aggregations {
        alignment_period     = each.value.seconds == 0 ? "600s" : "60s"
        per_series_aligner   = each.value.aligner
        cross_series_reducer = each.value.reducer
        group_by_fields      = each.value.group
      }
    }
  }

  documentation {
    content   = each.value.text
    mime_type = "text/markdown"
  }

  alert_strategy {
    auto_close = "86400s"
  }
}

resource "google_monitoring_alert_policy" "error_rate" {
  project               = var.project
  display_name          = "The API fails"
  combiner              = "OR"
  severity              = "CRITICAL"
  notification_channels = local.channels
  depends_on            = [time_sleep.metrics] # a project that is new does not know the platform's either

  conditions {
    display_name = "Over 1 % of a function's answers are its own failures"

    condition_threshold {
      filter             = "${local.requests} AND metric.labels.response_code_class = \"5xx\""
      denominator_filter = local.requests
      comparison         = "COMPARISON_GT"
      threshold_value    = 0.01
      duration           = "300s"

      aggregations {
        alignment_period     = "300s"
        per_series_aligner   = "ALIGN_DELTA"
        cross_series_reducer = "REDUCE_SUM"
        group_by_fields      = ["resource.label.service_name"]
      }

      denominator_aggregations {
        alignment_period     = "300s"
        per_series_aligner   = "ALIGN_DELTA"
        cross_series_reducer = "REDUCE_SUM"
        group_by_fields      = ["resource.label.service_name"]
      }
    }
  }

  documentation {
    content   = "A function answers 5xx. Look at its last deployment first: the runbook says how to roll back."
    mime_type = "text/markdown"
  }
}
