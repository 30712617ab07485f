"""The index of a print file: documents, groups, pages, tags, notes, what pages use. Nothing is drawn."""
