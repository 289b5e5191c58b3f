"""The timetable engine: a problem in, a timetable and what is proven about it out; no Django, no clock of its own."""
