"""The region's chains as arrays: who supplies which node, what is asked there, what would change if."""
