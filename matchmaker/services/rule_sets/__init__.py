"""Composition rules: sets in editions, rules of single challenges, and teams held against them."""
