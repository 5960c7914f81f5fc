# Every function of the manifest. What has a default that bites is written out: one request at a time, no retry of
# events, CPU by memory.

resource "google_cloudfunctions2_function" "function" {
  for_each = local.plan.functions
  project  = var.project
  location = local.region
  name     = each.key
  labels   = { kind = each.value.kind }

  build_config {
    runtime           = local.plan.runtime
    entry_point       = each.value.entry_point
    docker_repository = google_artifact_registry_repository.functions.id
    service_account   = google_service_account.build.id

    automatic_update_policy {}

    source {
      storage_source {
        bucket = google_storage_bucket.sources.name
        object = google_storage_bucket_object.source[each.key].name
      }
    }
  }

  service_config {
    service_account_email            = google_service_account.runtime[each.value.account].email
    ingress_settings                 = each.value.ingress
    timeout_seconds                  = each.value.timeout
    available_memory                 = "${each.value.memory}Mi"
    available_cpu                    = each.value.cpu
    max_instance_request_concurrency = each.value.concurrency
    min_instance_count               = lookup(var.min_instances, each.key, each.value.min_instances)
    max_instance_count               = min(each.value.max_instances, var.most_instances)
    all_traffic_on_latest_revision   = !var.hold_traffic
    environment_variables            = local.environments[each.key]

    dynamic "secret_environment_variables" {
      for_each = [for secret in each.value.secrets : secret if contains(keys(local.secret_versions), secret)]
      content {
        key        = secret_environment_variables.value
        project_id = var.project
        secret     = secret_environment_variables.value
        version    = local.secret_versions[secret_environment_variables.value]
      }
    }
  }

  # Where the database is, which may be a multi-region; the function is beside it.
  dynamic "event_trigger" {
    for_each = each.value.document == null ? [] : [each.value.document]
    content {
      trigger_region        = google_firestore_database.database.location_id
      event_type            = "google.cloud.firestore.document.v1.written"
      service_account_email = google_service_account.caller[each.value.caller].email
      retry_policy          = each.value.retry ? "RETRY_POLICY_RETRY" : "RETRY_POLICY_DO_NOT_RETRY"

      event_filters {
        attribute = "database"
        value     = google_firestore_database.database.name
      }

      event_filters {
        attribute = "document"
        operator  = "match-path-pattern"
        value     = event_trigger.value
      }
    }
  }

  timeouts {
    create = "30m" # builds wait for each other
    update = "30m"
    delete = "30m"
  }

  depends_on = [
    google_project_service_identity.agent,
    google_secret_manager_secret_version.secrets_key,
    google_secret_manager_secret_version.signing_key,
    time_sleep.rights,
  ]
}

# A function of the second generation is a service of Cloud Run, whose invokers may call it. A function that is made anew
# has none, under the same name: they are made anew with it (terraform-provider-google 18308).
resource "google_cloud_run_service_iam_member" "caller" {
  for_each = { for name, function in local.plan.functions : name => function.caller if function.caller != null }
  project  = var.project
  location = local.region
  service  = google_cloudfunctions2_function.function[each.key].name
  role     = "roles/run.invoker"
  member   = google_service_account.caller[each.value].member

  lifecycle {
    replace_triggered_by = [google_cloudfunctions2_function.function[each.key].id]
  }
}

# What anybody may call authenticates its users itself.
resource "google_cloud_run_service_iam_member" "public" {
  for_each = { for name, function in local.plan.functions : name => function if function.caller == null }
  project  = var.project
  location = local.region
  service  = google_cloudfunctions2_function.function[each.key].name
  role     = "roles/run.invoker"
  member   = "allUsers"

  lifecycle {
    replace_triggered_by = [google_cloudfunctions2_function.function[each.key].id]
  }
}
