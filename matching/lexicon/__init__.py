"""Hand-written Danish-English words of health technology, to search in one language and find in the other."""
