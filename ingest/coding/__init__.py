"""Texts that people code: the sheet that they work in, and what is read back from it."""
