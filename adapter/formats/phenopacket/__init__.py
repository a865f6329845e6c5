"""phenopacket."""
