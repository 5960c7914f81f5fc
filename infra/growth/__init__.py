"""What the product costs and where it stops growing: computed from what its operations were measured to do."""
