"""What lies on the disk and survives a refresh: paths, warehouse, state, lock, audit log, backups."""
