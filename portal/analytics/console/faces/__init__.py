"""How each metric is shown."""
