"""The inputs into the raw tables, all or nothing."""
