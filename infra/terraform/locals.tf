# plan.json is written from the manifest by `make plan`. Where a value follows from the project, it has a placeholder.

locals {
  plan       = jsondecode(file("${path.module}/plan.json"))
  firestore  = jsondecode(file("${path.module}/../firestore/firestore.indexes.json"))
  region     = var.region != "" ? var.region : lookup(local.plan.regions, var.database_location, var.database_location)
  site       = var.hosting_site != "" ? var.hosting_site : var.project
  public_url = var.public_url != "" ? var.public_url : "https://${local.site}.web.app"

  values = {
    project       = var.project
    region        = local.region
    functions_url = "https://${local.region}-${var.project}.cloudfunctions.net"
    public_url    = local.public_url
    cors_origins  = length(var.cors_origins) > 0 ? join(",", var.cors_origins) : local.public_url
  }

  # A value is a placeholder as a whole, or has the project's within; what the plan sets cannot be overridden.
  environments = {
    for name, function in local.plan.functions : name => merge(local.settings, {
      for key, text in function.environment : key => lookup(
        local.values, trim(text, "{}"), replace(text, "{project}", var.project)
      )
    })
  }

  # The last entry of X-Forwarded-For is Hosting's address, the one before it the client's; who calls a function directly
  # may claim an address, and escape the limits that are counted by address. "1" in environment says the opposite.
  proxies         = { TRUSTED_PROXIES = "2" }
  settings        = merge(local.proxies, { for url in [local.traces_url] : "TRACES_URL" => url if var.traces }, var.environment)
  traces_url      = "https://telemetry.googleapis.com/v1/traces"
  secret_versions = merge(var.provider_secrets, var.key_versions)
  api             = { for name, function in local.plan.functions : name => function if function.kind == "api" }
}
