"""Model files: written, read, and the networks beside them."""
