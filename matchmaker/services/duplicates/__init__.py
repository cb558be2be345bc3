"""Organisations that are in the registry twice: found, decided by an officer, merged with nothing lost, and undone.

`finding` -> `queue` -> `merging` -> `unmerging`; what a merge moves is worked out in `moving`, from the tables.
"""
