"""The environments, one a file, single and vectorised side by side."""
