"""Timetables of large events: a bound without slots, and slots filled anew to the best."""
