"""How a release is opened and asked by people who write their own SQL."""
