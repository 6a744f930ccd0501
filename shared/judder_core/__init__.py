"""The maths and formats that board and host share: pure Python for CPython 3.11+ and MicroPython 1.24+.

The data's path, a module a word: window -> features -> (mahalanobis | autoencoder) score -> decision.
Imports stay within: math struct json binascii array hashlib.
"""
