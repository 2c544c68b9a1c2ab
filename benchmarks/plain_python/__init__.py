"""Algorithms as tutorials write them: NumPy tables and `env.step`, one Python statement after another.

What the compiled agents are measured against. Each function returns a :class:`episodes.Reference`: a side of a
comparison that, called, learns for some episodes and says of how many steps they were.
"""
