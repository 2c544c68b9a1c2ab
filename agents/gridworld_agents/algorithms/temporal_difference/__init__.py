"""Agents that learn from each step."""
