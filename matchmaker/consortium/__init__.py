"""Consortia: whole teams under rules, proved; what to change where none is possible, the way to production."""
