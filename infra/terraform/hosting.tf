# One origin before all HTTP functions: https://SITE.web.app/api/… Hosting buffers answers and ends them after 60
# seconds, so that what streams is asked at its own address.

resource "google_firebase_project" "project" {
  provider   = google-beta
  project    = var.project
  depends_on = [time_sleep.apis]
}

resource "google_firebase_hosting_site" "site" {
  provider   = google-beta
  project    = google_firebase_project.project.project
  site_id    = local.site
  depends_on = [time_sleep.apis]
}

locals {
  # The longest path first: the first rewrite that fits is taken.
  rewrites = {
    for rewrite in flatten([
      for name, function in local.plan.functions : [
        for path in function.paths : { path = path, function = name }
      ]
    ]) : rewrite.path => rewrite.function
  }
}

resource "google_firebase_hosting_version" "version" {
  provider = google-beta
  site_id  = google_firebase_hosting_site.site.site_id

  config {
    dynamic "rewrites" {
      for_each = reverse(sort(keys(local.rewrites)))
      content {
        regex = "^${replace(rewrites.value, ".", "\\.")}(/.*)?$"
        run {
          service_id = google_cloudfunctions2_function.function[local.rewrites[rewrites.value]].name
          region     = local.region
        }
      }
    }

    # What is nobody's below /api is refused in our own words.
    rewrites {
      regex = "^/api(/.*)?$"
      run {
        service_id = google_cloudfunctions2_function.function["health"].name
        region     = local.region
      }
    }
  }

  depends_on = [google_cloud_run_service_iam_member.public]
}

resource "google_firebase_hosting_release" "release" {
  provider     = google-beta
  site_id      = google_firebase_hosting_site.site.site_id
  version_name = google_firebase_hosting_version.version.name
  message      = "Rewrites to functions"
}

resource "google_firebase_hosting_custom_domain" "domain" {
  provider              = google-beta
  count                 = var.hosting_domain == "" ? 0 : 1
  project               = var.project
  site_id               = google_firebase_hosting_site.site.site_id
  custom_domain         = var.hosting_domain
  wait_dns_verification = false # its records are an output
}
