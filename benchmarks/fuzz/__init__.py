"""Fuzzing: a mutated AFP file must give a result or a ConversionError, in bounded time and memory."""
