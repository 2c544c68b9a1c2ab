"""Agents that others are measured against: they do not learn."""
