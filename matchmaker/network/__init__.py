"""Evidence from who worked with, and paid, whom."""
