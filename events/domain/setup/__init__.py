"""An event as its organisers lay it out: rules, time grid, halls, stands, sessions, and how far it is."""
