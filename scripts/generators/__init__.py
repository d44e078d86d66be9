"""Writers of everything that is generated from the contracts."""
