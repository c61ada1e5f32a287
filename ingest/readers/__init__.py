"""One module per export format, one interface: rows of text with their place."""
