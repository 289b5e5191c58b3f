"""Whether the demo can listen where it wants to; asked before any long step, so standard library only."""

import socket

HOST = "127.0.0.1"


class PortBusyError(Exception):
    """The port cannot be listened on; the message names the remedy."""


def require_free_port(port: int) -> None:
    """Returns when a server could listen on `port` of 127.0.0.1.

    Raises: PortBusyError when another program has it, or nobody may have it.
    """
    if not 1024 <= port <= 65535:
        raise PortBusyError(f"PORT={port} cannot be used; choose one from 1024 to 65535: make demo PORT=8001")
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As the server does: connections that are still closing do not count as a busy port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise PortBusyError(
                f"Port {port} of {HOST} is in use. Stop the program that uses it, or choose another: "
                f"make demo PORT={port + 1 if port < 65535 else 8000}"
            ) from error
