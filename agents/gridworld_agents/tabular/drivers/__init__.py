"""Drivers: what calls an algorithm's two functions at every step, on a model's tables or on any environment."""
