"""One print file -> many outputs: one for each document, page group, value of a tag, or number of pages."""
