"""What must not be kept: erasure of a person, retention."""
