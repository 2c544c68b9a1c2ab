"""Environments that are tables: the rules that make them, and one or many copies that walk through them."""
