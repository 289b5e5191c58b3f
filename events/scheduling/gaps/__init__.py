"""The fewest idle gaps of meetings that are all held, and the proof: by cores of a SAT solver, and by what attains it."""
