"""The figures: floors and the product side by side in one run, as ratios. `python -m tests.bench --help`."""
