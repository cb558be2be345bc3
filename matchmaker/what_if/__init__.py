"""The engine run again on a copy of what it sees, and what that changes."""
