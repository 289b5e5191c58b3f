"""The day itself and the morning after: check-in and rating."""
