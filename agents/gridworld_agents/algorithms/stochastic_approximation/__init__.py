"""Stochastic approximation (Zhao 2025, chapter 6): means, roots, minima from noisy values; agents made of it."""
