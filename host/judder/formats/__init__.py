"""File formats of recordings; each module has read(path) and write(recordings, path)."""
