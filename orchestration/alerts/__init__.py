"""Who is told at the end of a refresh, and how it reaches them."""
