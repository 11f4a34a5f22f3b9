"""A branch: the node staff use from browsers on the local network, with or without a line to the hub."""
