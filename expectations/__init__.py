"""Great Expectations suites generated from the codebook, and the record of every check."""
