locals {
  # Each a title, a filter, and how series are aligned, reduced and grouped.
  charts = [
    ["Requests by function", local.requests, "ALIGN_RATE", "REDUCE_SUM", "resource.label.service_name"],
    ["Failures by function", "${local.requests} AND metric.labels.response_code_class = \"5xx\"", "ALIGN_RATE", "REDUCE_SUM", "resource.label.service_name"],
    ["Latency, 95th percentile (ms)", "resource.type = \"cloud_run_revision\" AND metric.type = \"run.googleapis.com/request_latencies\"", "ALIGN_PERCENTILE_95", "REDUCE_MAX", "resource.label.service_name"],
    ["Instances", "resource.type = \"cloud_run_revision\" AND metric.type = \"run.googleapis.com/container/instance_count\"", "ALIGN_MAX", "REDUCE_SUM", "resource.label.service_name"],
    ["Oldest message without a runner (s)", "resource.type = \"pubsub_subscription\" AND metric.type = \"pubsub.googleapis.com/subscription/oldest_unacked_message_age\"", "ALIGN_MAX", "REDUCE_MAX", "resource.label.subscription_id"],
    ["Messages not delivered, dead letters among them", "resource.type = \"pubsub_subscription\" AND metric.type = \"pubsub.googleapis.com/subscription/num_undelivered_messages\"", "ALIGN_MAX", "REDUCE_SUM", "resource.label.subscription_id"],
    ["Tasks in queues", "resource.type = \"cloud_tasks_queue\" AND metric.type = \"cloudtasks.googleapis.com/queue/depth\"", "ALIGN_MAX", "REDUCE_MAX", "resource.label.queue_id"],
    ["Attempts of tasks by answer", "resource.type = \"cloud_tasks_queue\" AND metric.type = \"cloudtasks.googleapis.com/queue/task_attempt_count\"", "ALIGN_RATE", "REDUCE_SUM", "metric.label.response_code"],
    ["Documents read", "resource.type = \"firestore_instance\" AND metric.type = \"firestore.googleapis.com/document/read_count\"", "ALIGN_RATE", "REDUCE_SUM", "metric.label.type"],
    ["Documents written", "resource.type = \"firestore_instance\" AND metric.type = \"firestore.googleapis.com/document/write_count\"", "ALIGN_RATE", "REDUCE_SUM", "metric.label.op"],
    ["Age of document events, 95th percentile (ms)", "resource.type = \"cloud_run_revision\" AND metric.type = \"logging.googleapis.com/user/${google_logging_metric.metric["event_age"].name}\"", "ALIGN_PERCENTILE_95", "REDUCE_MAX", "metric.label.function"],
    ["Steps by action, 95th percentile (ms)", "resource.type = \"cloud_run_revision\" AND metric.type = \"logging.googleapis.com/user/${google_logging_metric.metric["step_latency"].name}\"", "ALIGN_PERCENTILE_95", "REDUCE_MAX", "metric.label.action"],
    ["Failures of providers", "resource.type = \"cloud_run_revision\" AND metric.type = \"logging.googleapis.com/user/${google_logging_metric.metric["provider_errors"].name}\"", "ALIGN_DELTA", "REDUCE_SUM", "metric.label.provider"],
    ["Errors in logs", "resource.type = \"cloud_run_revision\" AND metric.type = \"logging.googleapis.com/user/${google_logging_metric.errors.name}\"", "ALIGN_DELTA", "REDUCE_SUM", "metric.label.function"],
    ["Schedules that failed", "resource.type = \"cloud_scheduler_job\" AND metric.type = \"logging.googleapis.com/user/${google_logging_metric.failed_jobs.name}\"", "ALIGN_DELTA", "REDUCE_SUM", "metric.label.job"],
  ]
}

resource "google_monitoring_dashboard" "operations" {
  project    = var.project
  depends_on = [time_sleep.apis]

  dashboard_json = jsonencode({
    displayName = "Prospecting backend"
    mosaicLayout = {
      columns = 12
      tiles = [
        for place, chart in local.charts : {
          xPos   = 6 * (place % 2)
          yPos   = 4 * floor(place / 2)
          width  = 6
          height = 4
          widget = {
            title = chart[0]
            xyChart = {
              dataSets = [{
                plotType = "LINE"
                timeSeriesQuery = {
                  timeSeriesFilter = {
                    filter = chart[1]
                    aggregation = {
                      alignmentPeriod    = "60s"
                      perSeriesAligner   = chart[2]
                      crossSeriesReducer = chart[3]
                      groupByFields      = [chart[4]]
                    }
                  }
                }
              }]
            }
          }
        }
      ]
    }
  })
}
