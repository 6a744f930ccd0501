"""The aiohttp server: takes windows in, stores and scores them, and tells what it knows of every board."""
