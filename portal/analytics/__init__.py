"""The numbers, as METRICS.md defines them."""
