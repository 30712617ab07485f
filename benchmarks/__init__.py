"""Measurements of the engine: `python -m benchmarks` for speed, memory and size, and `benchmarks.fuzz`."""
