"""What the server does, without a word of HTTP."""
