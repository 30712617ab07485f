"""Data-object fonts (TrueType, OpenType) and what Unicode text needs: shapes and the bidirectional order."""
