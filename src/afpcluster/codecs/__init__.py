"""Bytes <-> samples: CCITT, PNG rows, JBIG2, JPEG, JPEG 2000, LZW, RL4, PackBits. Neither AFP nor PDF.

Data that ends early or is damaged gives fewer samples, never an exception.
"""
