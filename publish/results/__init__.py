"""What people open: a page of each round in each language, made of the release alone."""
