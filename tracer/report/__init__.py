"""Reports of a diff, in the formats that people and programs read."""
