"""Reads of events: the days, who comes, what they wish, the timetable."""
