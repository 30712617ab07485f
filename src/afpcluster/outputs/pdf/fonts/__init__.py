"""Font faces -> PDF fonts: dictionaries, subset programs, widths and ToUnicode. `store` is the entry."""
