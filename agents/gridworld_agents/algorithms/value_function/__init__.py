"""Value-based agents with networks or features."""
