"""The aiohttp server: takes windows in, stores and scores them, and tells what it knows of every board."""

from judder.server.app import create_app

__all__ = ["create_app"]
