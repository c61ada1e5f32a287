"""Faults planted in copies of a sound round, and which checks see them."""
