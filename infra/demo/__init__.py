"""The product's main job, played on the local stack."""
