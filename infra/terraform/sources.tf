# Archives that `make archives` wrote, named by a hash of their content: what did not change is not deployed again.

locals {
  archives = jsondecode(file("${var.archives}/archives.json")) # a function's name -> its file
}

resource "google_storage_bucket" "sources" {
  project                     = var.project
  name                        = "${var.project}-function-sources"
  location                    = local.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  depends_on                  = [time_sleep.apis]
}

resource "google_storage_bucket_object" "source" {
  for_each = local.plan.functions
  bucket   = google_storage_bucket.sources.name
  name     = "functions/${local.archives[each.key]}"
  source   = "${var.archives}/${local.archives[each.key]}"

  lifecycle {
    create_before_destroy = true # the function still names the old one while it is updated
  }
}

resource "google_artifact_registry_repository" "functions" {
  project                = var.project
  location               = local.region
  repository_id          = "functions"
  format                 = "DOCKER"
  description            = "Images of functions; the last five of each are kept to roll back to."
  cleanup_policy_dry_run = false
  depends_on             = [time_sleep.apis]

  cleanup_policies {
    id     = "keep-the-last"
    action = "KEEP"
    most_recent_versions {
      keep_count = 5
    }
  }

  cleanup_policies {
    id     = "delete-old"
    action = "DELETE"
    condition {
      older_than = "2592000s" # 30 days
    }
  }
}
