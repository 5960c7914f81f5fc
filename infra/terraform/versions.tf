# State is in a bucket of your own, made beforehand: terraform init -backend-config=bucket=NAME

terraform {
  required_version = ">= 1.11" # write-only arguments and ephemeral values

  backend "gcs" {
    prefix = "prospecting-backend"
  }

  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.50"
    }
    google-beta = {
      source  = "hashicorp/google-beta"
      version = "~> 6.50"
    }
    random = {
      source  = "hashicorp/random"
      version = "~> 3.7"
    }
    time = {
      source  = "hashicorp/time"
      version = "~> 0.13"
    }
  }
}

# Enables APIs, so it cannot count on any of them: the quota is the caller's own.
provider "google" {
  project = var.project
  region  = local.region
}

# Firebase, Identity Platform and budgets want a project that their quota is taken from.
provider "google-beta" {
  project               = var.project
  region                = local.region
  user_project_override = true
  billing_project       = var.project
}
