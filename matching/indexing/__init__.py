"""The index of each hub: read from the database, kept in memory, written to disk as snapshots."""
