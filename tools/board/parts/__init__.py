"""The parts that can hang on a board's I2C bus, each by its registers. world.json's "parts" says which, where.

A module holds a class Part(world, address) with read(register, buffer) and write(register, data), which raise
nothing and do not allocate, rate_hz(), and `samples` (samples.Samples), whose beat the data-ready line follows.
A part that was away, or was plugged in anew, is a new object: its registers are those of power-on.
"""
