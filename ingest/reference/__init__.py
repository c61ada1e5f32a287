"""What every survey leans on: municipality registry, information systems, and the card of a source."""
