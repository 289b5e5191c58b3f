"""What the engine refuses; the application turns these into words for organisers."""


class InvalidProblem(ValueError):
    """The problem contradicts itself in its numbers: not a timetable that cannot be, but a task that means nothing."""
