"""One module a way of running: `embedded` (one machine, no services), `production`, `test`; all build on `base`."""
