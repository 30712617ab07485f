"""Graphics (AFP GOCA): `orders` runs drawing orders over one `state`."""
