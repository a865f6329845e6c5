"""iscn."""
