"""Reads Terraform's language and checks it against the providers' schemas, where no terraform can be had."""
