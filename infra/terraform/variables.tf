variable "project" {
  description = "Id of an existing project with billing."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project))
    error_message = "The id of a project: 6 to 30 lower-case letters, digits and hyphens. Not its name or number."
  }
}

variable "database_location" {
  description = "Where Firestore keeps the data: nam5, nam7 or eur3, or one region. It can never be changed. Document events are sent from there."
  type        = string
}

variable "region" {
  description = "Where functions, queues and jobs are. Empty: beside the database."
  type        = string
  default     = ""
}

variable "archives" {
  description = "The folder that `make archives` wrote: an archive for each function, and archives.json."
  type        = string
  default     = "../../build/archives"
}

variable "public_url" {
  description = "Where people reach the API, such as https://api.example.com. Empty: the project's own site, https://PROJECT.web.app."
  type        = string
  default     = ""

  validation {
    condition     = var.public_url == "" || can(regex("^https://[^/]+$", var.public_url))
    error_message = "An address with https:// and without a path."
  }
}

variable "cors_origins" {
  description = "Addresses of web applications that call the API from browsers. Empty: the public URL alone."
  type        = list(string)
  default     = []
}

variable "environment" {
  description = "More settings of every function, by the names in shared/settings: MAIL_FROM, LLM_MODEL. No secrets."
  type        = map(string)
  default     = {}

  validation {
    condition     = length(setintersection(keys(var.environment), local.plan.secrets)) == 0
    error_message = "A secret belongs into Secret Manager: name its version in provider_secrets."
  }
}

variable "key_versions" {
  description = "Versions of our own two keys. Terraform makes version 1 of each; to rotate, add a version and name it here."
  type        = map(string)
  default     = { SIGNING_KEY = "1", SECRETS_KEY = "1" }

  validation {
    condition     = length(setsubtract(["SIGNING_KEY", "SECRETS_KEY"], keys(var.key_versions))) == 0 && length(var.key_versions) == 2
    error_message = "SIGNING_KEY and SECRETS_KEY, and no other."
  }
}

variable "provider_secrets" {
  description = "Secrets of outside services that exist in Secret Manager, and their versions: { LLM_API_KEY = \"1\" }. A number, never latest: a function keeps what it started with."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for name, version in var.provider_secrets : contains(local.plan.secrets, name) && can(regex("^[0-9]+$", version))])
    error_message = "Names as in infra/deploy/needs.py, each with the number of a version."
  }
}

variable "hold_traffic" {
  description = "Whether new revisions wait for traffic, which `make deploy` gives them when they have passed their trial."
  type        = bool
  default     = false
}

variable "min_instances" {
  description = "Instances that are kept warm, by the function's deployed name; what is not named has what the manifest says, 0 as a rule. One costs about 10 USD a month: { automations = 1 }."
  type        = map(number)
  default     = {}

  validation {
    condition     = length(setsubtract(keys(var.min_instances), keys(local.plan.functions))) == 0
    error_message = "Names of functions as they are deployed, with hyphens."
  }
}

variable "most_instances" {
  description = "No function may have more instances. New projects have a quota of CPUs in each region that 20 of the larger ones can exceed."
  type        = number
  default     = 20
}

variable "vertex_ai" {
  description = "Whether functions may ask models of Vertex AI in this project (set VERTEX_PROJECT in environment)."
  type        = bool
  default     = false
}

variable "traces" {
  description = "Whether functions send a share of their traces to Cloud Trace (TRACES_RATIO in environment: 0.05)."
  type        = bool
  default     = false
}

variable "hosting_site" {
  description = "The id of the Firebase site before the API, unique on earth. Empty: the project's id."
  type        = string
  default     = ""
}

variable "hosting_domain" {
  description = "A domain of your own for the site, such as api.example.com. Empty: none."
  type        = string
  default     = ""
}

variable "identity_platform" {
  description = "Whether users sign in with Identity Platform of this project. Cannot be taken back; false where it is set up by hand."
  type        = bool
  default     = true
}

variable "alert_email" {
  description = "Whom alerts and budget warnings are sent to. Empty: nobody."
  type        = string
  default     = ""
}

variable "billing_account" {
  description = "The billing account's id, for a budget. Empty: no budget."
  type        = string
  default     = ""
}

variable "monthly_budget" {
  description = "Of the project, in the billing account's currency. Warnings come at 50, 90 and 100 %; nothing is switched off."
  type        = number
  default     = 100
}
