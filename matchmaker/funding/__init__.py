"""Capital: clauses held against firms, patience, and plans of which funds pay a round when."""
