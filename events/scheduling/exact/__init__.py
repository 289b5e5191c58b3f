"""The timetable as a CP-SAT model, whole or in parts, one objective after the other."""
