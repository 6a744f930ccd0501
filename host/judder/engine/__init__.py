"""The sums: NumPy's engine of judder_core's numeric interface, and what people look at."""
