#!/usr/bin/env python3
"""Asks the web process of this container whether it can answer; the exit code tells Docker."""

import http.client
import os
import sys


def host_header() -> str:
    """A name that the application accepts: the first of its allowed hosts."""
    first = os.environ.get("VIDENBRO_ALLOWED_HOSTS", "localhost").split(",")[0].strip().lstrip(".")
    return "localhost" if first in {"", "*"} else first


def main() -> int:
    """0 when the readiness page says so."""
    connection = http.client.HTTPConnection("127.0.0.1", int(os.environ.get("PORT", "8000")), timeout=4)
    headers = {"Host": host_header(), "X-Forwarded-Proto": "https"}
    try:
        connection.request("GET", "/health/ready", headers=headers)
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        print(f"no answer: {error}", file=sys.stderr)
        return 1
    finally:
        connection.close()
    return 0 if status == http.client.OK else 1


if __name__ == "__main__":
    sys.exit(main())
