"""The one gate for mail: written with its cause, sent once by the worker, refused for whoever objected."""
