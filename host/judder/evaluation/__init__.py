"""What a model says of windows, and how well it tells them apart."""
