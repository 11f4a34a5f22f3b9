"""The command line's own parts: what commands of every package share, and the commands both nodes have."""
