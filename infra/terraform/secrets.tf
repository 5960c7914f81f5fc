# Terraform makes the first version of our own two keys, and never keeps them: the values are ephemeral, and written
# only. Keys of outside services are made by hand (README.md) and named in provider_secrets.

ephemeral "random_password" "key" {
  for_each = toset(["SIGNING_KEY", "SECRETS_KEY"])
  length   = 64
  special  = false
}

resource "google_secret_manager_secret" "key" {
  for_each            = toset(["SIGNING_KEY", "SECRETS_KEY"])
  project             = var.project
  secret_id           = each.value
  deletion_protection = true # without SECRETS_KEY, what users sealed is lost
  depends_on          = [time_sleep.apis]

  replication {
    auto {}
  }
}

resource "google_secret_manager_secret_version" "signing_key" {
  secret                 = google_secret_manager_secret.key["SIGNING_KEY"].id
  secret_data_wo         = ephemeral.random_password.key["SIGNING_KEY"].result
  secret_data_wo_version = 1
  deletion_policy        = "ABANDON"
}

# A Fernet key is 32 bytes in URL-safe base64.
resource "google_secret_manager_secret_version" "secrets_key" {
  secret                 = google_secret_manager_secret.key["SECRETS_KEY"].id
  secret_data_wo         = replace(replace(base64sha256(ephemeral.random_password.key["SECRETS_KEY"].result), "+", "-"), "/", "_")
  secret_data_wo_version = 1
  deletion_policy        = "ABANDON"
}
