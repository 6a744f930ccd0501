"""What is on disk, and the only place that knows SQL."""
