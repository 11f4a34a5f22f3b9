"""Head office: the hub that sequences and merges what branches send, and the pages of those who run the company."""
