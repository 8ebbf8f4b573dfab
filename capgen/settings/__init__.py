"""What typed settings are made of."""
