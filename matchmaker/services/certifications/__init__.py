"""Certifications held against their evidence: what counts on a day, the queue, the checks."""
