"""Computing the timetable, publishing it, and changing it when the day changes."""
