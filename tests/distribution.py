"""How tests are dealt out to workers: those of a module together, and all that look at the demo, for they share it.

The marks of `--dist loadgroup` do nothing with the pinned pytest, whose node ids xdist can no longer lengthen.
"""

import pytest
from xdist.scheduler import LoadScopeScheduling

WITH_THE_DEMO = ("tests/e2e/", "tests/operations/test_demo_run.py")


def looks_at_the_demo(nodeid: str) -> bool:
    """Whether the test wants the fixture `first_demo`, which takes a minute to make."""
    return nodeid.startswith(WITH_THE_DEMO)


class DemoTogether(LoadScopeScheduling):
    """As `--dist loadscope`, but what looks at the demo is one scope."""

    def _split_scope(self, nodeid: str) -> str:
        return WITH_THE_DEMO[0] if looks_at_the_demo(nodeid) else str(super()._split_scope(nodeid))


def longest_first(items: list[pytest.Item]) -> list[pytest.Item]:
    """What looks at the demo, then modules with tests that are marked as slow, then the others; modules stay whole."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    return sorted(items, key=lambda item: (not looks_at_the_demo(item.nodeid), item.path not in slow))
