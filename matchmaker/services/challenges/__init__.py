"""Challenges (揭榜挂帅) and scenes: writing, clearing, publishing, answering and judging them."""
