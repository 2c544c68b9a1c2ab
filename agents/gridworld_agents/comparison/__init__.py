"""Comparisons: agents x environments x seeds, run on all cores or a cluster, kept in a folder, read as plain data."""
