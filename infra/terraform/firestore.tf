resource "google_firestore_database" "database" {
  project                           = var.project
  name                              = "(default)" # the one that functions use
  location_id                       = var.database_location
  type                              = "FIRESTORE_NATIVE"
  database_edition                  = "STANDARD"
  point_in_time_recovery_enablement = "POINT_IN_TIME_RECOVERY_ENABLED" # any minute of the last 7 days
  delete_protection_state           = "DELETE_PROTECTION_ENABLED"
  depends_on                        = [time_sleep.apis]

  lifecycle {
    prevent_destroy = true
  }
}

resource "google_firestore_backup_schedule" "daily" {
  project   = var.project
  database  = google_firestore_database.database.name
  retention = "1209600s" # 14 days

  daily_recurrence {}
}

resource "google_firestore_backup_schedule" "weekly" {
  project   = var.project
  database  = google_firestore_database.database.name
  retention = "8467200s" # 14 weeks, the longest that there is

  weekly_recurrence {
    day = "SUNDAY"
  }
}

# The same file that the Firebase CLI deploys and the suite compares with the code's queries.
resource "google_firestore_index" "index" {
  for_each = {
    for index in local.firestore.indexes : join(" ", concat(
      [index.collectionGroup, index.queryScope],
      [for field in index.fields : "${field.fieldPath}:${try(field.order, field.arrayConfig)}"],
    )) => index
  }

  project     = var.project
  database    = google_firestore_database.database.name
  collection  = each.value.collectionGroup
  query_scope = each.value.queryScope

  dynamic "fields" {
    for_each = each.value.fields
    content {
      field_path   = fields.value.fieldPath
      order        = try(fields.value.order, null)
      array_config = try(fields.value.arrayConfig, null)
    }
  }

  timeouts {
    create = "90m" # built one after the other, from all documents that there are
  }
}

# Exemptions and time to live. An `index_config` without indexes takes all single-field indexes away. That of a whole
# collection (`*`) is set by `make deploy`: the provider cannot (terraform-provider-google 19598).
resource "google_firestore_field" "field" {
  for_each = {
    for field in local.firestore.fieldOverrides : "${field.collectionGroup} ${field.fieldPath}" => field
    if field.fieldPath != "*"
  }

  project    = var.project
  database   = google_firestore_database.database.name
  collection = each.value.collectionGroup
  field      = each.value.fieldPath

  index_config {
    dynamic "indexes" {
      for_each = each.value.indexes
      content {
        query_scope  = indexes.value.queryScope
        order        = try(indexes.value.order, null)
        array_config = try(indexes.value.arrayConfig, null)
      }
    }
  }

  dynamic "ttl_config" {
    for_each = try(each.value.ttl, false) ? [true] : []
    content {}
  }

  timeouts {
    create = "90m"
    update = "90m"
    delete = "90m"
  }
}

resource "google_firebaserules_ruleset" "firestore" {
  project    = var.project
  depends_on = [time_sleep.apis]

  source {
    files {
      name    = "firestore.rules"
      content = file("${path.module}/../firestore/firestore.rules")
    }
  }

  lifecycle {
    create_before_destroy = true # the release names it
  }
}

resource "google_firebaserules_release" "firestore" {
  project      = var.project
  name         = "cloud.firestore"
  ruleset_name = "projects/${var.project}/rulesets/${google_firebaserules_ruleset.firestore.name}"
  depends_on   = [google_firestore_database.database]

  lifecycle {
    replace_triggered_by = [google_firebaserules_ruleset.firestore]
  }
}
