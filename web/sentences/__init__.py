"""From the evidence of a score to what people read, for every area that shows one."""
