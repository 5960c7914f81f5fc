"""What is deployed: a plan made from the manifest, which Terraform and the commands read."""
