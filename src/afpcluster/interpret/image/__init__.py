"""Images: IOCA segments (`ioca`) and the older IM images (`im`)."""
