"""The way out: the gate, releases, exports. The mirror of ingest/."""
