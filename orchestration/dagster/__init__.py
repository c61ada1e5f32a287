"""Assets, checks, jobs, and the session that every refresh runs in."""
