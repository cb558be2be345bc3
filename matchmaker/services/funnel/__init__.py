"""The funnel: how far pairs of organisations have come, from a recommendation to what came of it in the world.

The stages are defined once, in `docs/decisions/0026-funnel-and-outcomes.md`; `events.py` is that page in SQL.
"""
