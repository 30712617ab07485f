"""Test images of other makers through AFP and PDF, compared with what their reference decoder shows."""
