"""What others are given: C headers of arrays, and a model as C++ for the Arduino sketch."""
