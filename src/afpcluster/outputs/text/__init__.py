"""The text of pages: as they are laid out, in reading order, or word by word with its box."""
