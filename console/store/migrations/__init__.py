"""The schema's history. Each revision is SQL frozen in a file per database, so that later tables never change an old
step.
"""
