"""Environments with continuous states and actions: their dynamics, and one or many copies."""
