# What the platform does not measure by itself, counted from logs.

resource "google_logging_metric" "errors" {
  project     = var.project
  name        = "functions/errors"
  description = "Entries of functions that are errors or worse."
  filter      = "resource.type=\"cloud_run_revision\" AND severity>=ERROR"
  depends_on  = [time_sleep.apis]

  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = "INT64"
    unit        = "1"

    labels {
      key        = "function"
      value_type = "STRING"
    }
  }

  label_extractors = { function = "EXTRACT(resource.labels.service_name)" }
}

resource "google_logging_metric" "failed_jobs" {
  project     = var.project
  name        = "scheduler/failures"
  description = "Calls of schedules that failed, by job."
  filter      = "resource.type=\"cloud_scheduler_job\" AND severity>=ERROR"
  depends_on  = [time_sleep.apis]

  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = "INT64"
    unit        = "1"

    labels {
      key        = "job"
      value_type = "STRING"
    }
  }

  label_extractors = { job = "EXTRACT(resource.labels.job_id)" }
}
