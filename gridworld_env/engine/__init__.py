"""What the environments stand on: single and vectorised stepping, observations, random streams."""
