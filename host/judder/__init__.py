"""Judder tells when a motor, fan or pump starts to shake differently. This package is the host's side."""

__version__ = "0.1.0"
