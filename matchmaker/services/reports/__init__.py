"""Reports: what is asked for, the facts that are frozen, who signs, what is kept, when the next one is due."""
