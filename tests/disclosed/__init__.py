"""A made-up survey that is marked as real, and somebody who looks in its release for what is hidden."""
