# What the platform does not measure by itself, from logs: infra/observability.md.

locals {
  from_function = "resource.type=\"cloud_run_revision\""

  # A value is a number of the entry, whose distribution is kept; without one entries are counted.
  metrics = {
    request_latency  = { kinds = ["request"], value = "latency_ms", labels = ["function", "route", "outcome"] }
    requests         = { kinds = ["request"], value = null, labels = ["function", "outcome"] }
    event_age        = { kinds = ["event"], value = "age_ms", labels = ["function"] }
    queue_age        = { kinds = ["message", "task"], value = "age_ms", labels = ["function"] }
    schedule_delay   = { kinds = ["schedule"], value = "age_ms", labels = ["function"] }
    step_latency     = { kinds = ["step"], value = "latency_ms", labels = ["action", "outcome"] }
    provider_latency = { kinds = ["provider"], value = "latency_ms", labels = ["provider"] }
    provider_errors  = { kinds = ["provider"], outcome = "failed", value = null, labels = ["provider", "error"] }
    refused          = { kinds = ["message", "task", "event"], outcome = "refused", value = null, labels = ["function", "error"] }
    reads            = { kinds = local.calls, value = "cost.reads", labels = ["function"] }
    writes           = { kinds = local.calls, value = "cost.writes", labels = ["function"] }
  }
  calls = ["request", "event", "message", "task", "schedule"]
}

resource "google_logging_metric" "metric" {
  for_each = local.metrics
  project  = var.project
  name     = "prospecting/${each.key}"
  filter = join(" AND ", concat(
    [local.from_function, "jsonPayload.kind=(${join(" OR ", [for kind in each.value.kinds : "\"${kind}\""])})"],
    [for outcome in try([each.value.outcome], []) : "jsonPayload.outcome=\"${outcome}\""],
  ))
  value_extractor  = each.value.value == null ? null : "EXTRACT(jsonPayload.${each.value.value})"
  label_extractors = { for label in each.value.labels : label => "EXTRACT(jsonPayload.${label})" }
  depends_on       = [time_sleep.apis]

  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = each.value.value == null ? "INT64" : "DISTRIBUTION"
    unit        = try(endswith(each.value.value, "_ms"), false) ? "ms" : "1"

    dynamic "labels" {
      for_each = toset(each.value.labels)
      content {
        key        = labels.value
        value_type = "STRING"
      }
    }
  }

  dynamic "bucket_options" {
    for_each = each.value.value == null ? [] : [true]
    content {
      exponential_buckets {
        num_finite_buckets = 64
        growth_factor      = 1.4
        scale              = 1
      }
    }
  }
}

resource "google_logging_metric" "errors" {
  project          = var.project
  name             = "prospecting/errors"
  description      = "Entries of functions that are errors or worse."
  filter           = "${local.from_function} AND severity>=ERROR"
  label_extractors = { function = "EXTRACT(resource.labels.service_name)" }
  depends_on       = [time_sleep.apis]

  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = "INT64"
    unit        = "1"

    labels {
      key        = "function"
      value_type = "STRING"
    }
  }
}

resource "google_logging_metric" "failed_jobs" {
  project          = var.project
  name             = "prospecting/failed_jobs"
  description      = "Calls of schedules that failed, by job."
  filter           = "resource.type=\"cloud_scheduler_job\" AND severity>=ERROR"
  label_extractors = { job = "EXTRACT(resource.labels.job_id)" }
  depends_on       = [time_sleep.apis]

  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = "INT64"
    unit        = "1"

    labels {
      key        = "job"
      value_type = "STRING"
    }
  }
}
