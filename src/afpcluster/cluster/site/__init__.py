"""Where a cluster runs: one small interface, and what implements it."""
