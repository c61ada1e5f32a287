"""The quality report of a round: a page in the form of the European statistical system, from its release alone."""
