"""The events of the demo: a Medico Bazar that was held between invented bodies, and all that come."""
