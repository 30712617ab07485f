"""Low-level PDF writing: values, a streaming file, page tree, outline, CMaps. Knows PDF and nothing else.

Rules: write forwards only (the sink need not seek), keep offsets and nothing of what was written,
same calls give the same bytes. Section numbers in this package are those of ISO 32000-1 (PDF 1.7).
"""
