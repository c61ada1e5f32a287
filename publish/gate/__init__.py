"""Whether a release may be made, and what people have decided of the checks."""
