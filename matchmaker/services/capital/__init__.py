"""Capital from the firm's side: its rounds, which money fits, what it hands to which fund."""
