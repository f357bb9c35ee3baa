"""The gate: every message to a debtor passes here, and nothing goes round it.

Pure part, no database and no clock: `decide` judges a `Message` by `Facts` at a moment; `profiles` holds the law as
data.
"""
