"""What a fund may and wants to invest in: written in steps, published in editions, steered and verified."""
