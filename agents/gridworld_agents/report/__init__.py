"""The report of a comparison: one HTML page that opens offline, and figures for papers."""
