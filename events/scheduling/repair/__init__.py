"""A published timetable mended with few changes, and what can be offered in the slots that became free."""
