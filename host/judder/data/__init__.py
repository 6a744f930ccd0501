"""Recordings and the windows cut from them."""
