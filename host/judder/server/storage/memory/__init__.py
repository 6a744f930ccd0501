"""A store that forgets: everything in dicts, for tests and for servers that are to leave nothing behind."""
