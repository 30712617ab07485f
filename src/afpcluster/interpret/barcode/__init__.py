"""Bar codes (BCOCA): `objects` reads the object; a file for each family of symbols."""
