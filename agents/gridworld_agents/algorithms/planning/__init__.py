"""Agents that plan: they sweep over an exact model and take no step in the environment."""
