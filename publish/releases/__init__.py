"""A release: made, verified, put in place, compared with the one before it."""
