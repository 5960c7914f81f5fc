# Tasks name the function and the account that calls it themselves: shared/gcp/tasks.py.

resource "google_cloud_tasks_queue" "queue" {
  for_each   = local.plan.queues
  project    = var.project
  location   = local.region
  name       = each.key
  depends_on = [time_sleep.apis, google_project_service_identity.agent]

  rate_limits {
    max_dispatches_per_second = each.value.max_per_second
    # No more than the function's instances take at once: what is refused with 429 waits longer than it must.
    max_concurrent_dispatches = (
      local.plan.functions[each.value.function].concurrency *
      min(local.plan.functions[each.value.function].max_instances, var.most_instances)
    )
  }

  retry_config {
    max_attempts       = each.value.max_attempts
    min_backoff        = "${each.value.min_backoff}s"
    max_backoff        = "${each.value.max_backoff}s"
    max_doublings      = 9
    max_retry_duration = "0s" # attempts alone are counted
  }
}
