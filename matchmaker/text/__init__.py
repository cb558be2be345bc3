"""Words and vectors of Chinese and English texts."""
