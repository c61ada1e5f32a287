"""Disclosure control: which cells of a round of real answers are hidden, and the tables of a release without them."""
