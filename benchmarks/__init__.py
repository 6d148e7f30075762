"""What performance we claim, measured side by side in one run. `make bench`; ratios only, since machines differ."""
