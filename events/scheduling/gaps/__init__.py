"""The fewest idle gaps of meetings that are all held, with the proof: cores from below, a timetable that attains it."""
