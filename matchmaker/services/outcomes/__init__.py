"""What came of matches: one party says it, the other confirms or disputes."""
