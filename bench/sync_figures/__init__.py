"""The figures of the exchange between branch and hub: how fast, how small, how even as the company grows."""
