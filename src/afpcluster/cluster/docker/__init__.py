"""The cluster as containers on one machine: rendered for Compose, started and removed with it."""
