"""Dagster definitions and the command line: names, order, schedules. Nothing imports this package."""
