output "api" {
  description = "Where people reach the API."
  value       = local.public_url
}

output "functions" {
  description = "The address of each function."
  value       = { for name, function in google_cloudfunctions2_function.function : name => function.url }
}

output "domain_records" {
  description = "Records that the domain's owner must set; empty without a domain."
  value       = [for domain in google_firebase_hosting_custom_domain.domain : domain.required_dns_updates]
}
