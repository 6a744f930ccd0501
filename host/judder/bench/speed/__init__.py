"""What a request costs the server: clients that ask it, and the time of the processor that it takes."""
