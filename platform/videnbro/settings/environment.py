"""The one place where the environment is read: typed, and loud when something is missing."""

import environ

env = environ.Env()
