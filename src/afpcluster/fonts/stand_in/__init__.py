"""What stands in for a font or code page that is not in the file: typefaces, built-in code pages, GCGIDs."""
