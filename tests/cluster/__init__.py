"""Several processes of the product on one machine, as an operator would run them: `start` for tests, `make cluster`."""
