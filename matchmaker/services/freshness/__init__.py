"""Profiles that nobody has looked at for long: how old each is, who is asked to look again, who has."""
