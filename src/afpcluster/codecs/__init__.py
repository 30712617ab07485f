"""Bytes <-> samples: CCITT, JBIG2, JPEG headers, LZW, RL4, PackBits. Neither AFP nor PDF.

Data that ends early or is damaged gives fewer samples, never an exception.
"""
