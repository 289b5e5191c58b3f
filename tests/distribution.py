"""How tests are dealt out to workers: those of a module together, and all walks together, for they share a site.

The marks of `--dist loadgroup` do nothing with the pinned pytest, whose node ids xdist can no longer lengthen.
"""

import pytest
from xdist.scheduler import LoadScopeScheduling

WALKS = "tests/e2e/"


class WalksTogether(LoadScopeScheduling):
    """As `--dist loadscope`, but the walks are one scope."""

    def _split_scope(self, nodeid: str) -> str:
        return WALKS if nodeid.startswith(WALKS) else str(super()._split_scope(nodeid))


def longest_first(items: list[pytest.Item]) -> list[pytest.Item]:
    """The walks, then modules with tests that are marked as slow, then the others; modules stay whole."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    return sorted(items, key=lambda item: (not item.nodeid.startswith(WALKS), item.path not in slow))
