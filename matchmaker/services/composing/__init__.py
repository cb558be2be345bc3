"""Composing a team for a challenge: asking for it, carrying it out, keeping and reading what was found."""
