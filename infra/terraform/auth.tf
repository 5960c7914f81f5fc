# Who may sign in. Functions verify the ID tokens of this project.

resource "google_identity_platform_config" "auth" {
  provider                   = google-beta
  count                      = var.identity_platform ? 1 : 0
  project                    = google_firebase_project.project.project
  autodelete_anonymous_users = true
  authorized_domains = distinct(concat(
    ["localhost", "${var.project}.firebaseapp.com", "${local.site}.web.app"],
    [for address in concat([local.public_url], var.cors_origins) : trimprefix(trimprefix(address, "https://"), "http://")],
  ))

  sign_in {
    allow_duplicate_emails = false

    email {
      enabled           = true
      password_required = true
    }
  }

  depends_on = [time_sleep.apis]
}
