"""What tabular agents share: a table over numbered states, and two drivers that fill it."""
