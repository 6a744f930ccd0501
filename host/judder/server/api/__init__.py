"""HTTP: each handler decodes, calls one function of a service, and encodes."""
