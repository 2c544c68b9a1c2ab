"""Agents that learn from whole episodes."""
