"""Agents that learn on Gymnasium environments, found through entry points."""
