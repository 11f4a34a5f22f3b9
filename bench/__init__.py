"""Speed figures, each a ratio to a floor measured in the same run."""
