"""The figures of the screens, in a real browser against the product as it is served."""
