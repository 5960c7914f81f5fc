# Of the API's functions, each over 28 days: 99.9 % of answers are no failure of ours, and 95 % of those that wait for
# nobody take 200 ms at most.

locals {
  requests = "resource.type = \"cloud_run_revision\" AND metric.type = \"run.googleapis.com/request_count\" AND resource.labels.service_name = monitoring.regex.full_match(\"${join("|", keys(local.api))}\")"
  quick    = { for name, function in local.api : name => function if function.latency_ms != null }
}

resource "google_monitoring_service" "api" {
  for_each     = local.api
  project      = var.project
  service_id   = each.key
  display_name = each.key

  basic_service {
    service_type = "CLOUD_RUN"
    service_labels = {
      service_name = google_cloudfunctions2_function.function[each.key].name
      location     = local.region
    }
  }
}

resource "google_monitoring_slo" "availability" {
  for_each            = local.api
  project             = var.project
  service             = google_monitoring_service.api[each.key].service_id
  slo_id              = "availability"
  display_name        = "99.9 % of answers are no failure of ours"
  goal                = 0.999
  rolling_period_days = 28

  request_based_sli {
    good_total_ratio {
      total_service_filter = "resource.type=\"cloud_run_revision\" metric.type=\"run.googleapis.com/request_count\" resource.labels.service_name=\"${each.key}\""
      bad_service_filter   = "resource.type=\"cloud_run_revision\" metric.type=\"run.googleapis.com/request_count\" resource.labels.service_name=\"${each.key}\" metric.labels.response_code_class=\"5xx\""
    }
  }
}

resource "google_monitoring_slo" "latency" {
  for_each            = local.quick
  project             = var.project
  service             = google_monitoring_service.api[each.key].service_id
  slo_id              = "latency"
  display_name        = "95 % of answers within ${each.value.latency_ms} ms"
  goal                = 0.95
  rolling_period_days = 28

  request_based_sli {
    distribution_cut {
      distribution_filter = "resource.type=\"cloud_run_revision\" metric.type=\"run.googleapis.com/request_latencies\" resource.labels.service_name=\"${each.key}\""

      range {
        min = 0
        max = each.value.latency_ms
      }
    }
  }
}

# At 14.4 times the pace that the goal allows, a month's errors are spent in two days.
resource "google_monitoring_alert_policy" "burn_rate" {
  for_each              = local.api
  project               = var.project
  display_name          = "${each.key} spends its errors"
  combiner              = "AND"
  severity              = "CRITICAL"
  notification_channels = local.channels

  dynamic "conditions" {
    for_each = ["3600s", "300s"]
    content {
      display_name = "Over the last ${conditions.value}"

      condition_threshold {
        filter          = "select_slo_burn_rate(\"${google_monitoring_slo.availability[each.key].name}\", \"${conditions.value}\")"
        comparison      = "COMPARISON_GT"
        threshold_value = 14.4
        duration        = "0s"
      }
    }
  }
}
