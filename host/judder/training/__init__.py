"""From normal windows to a model."""
