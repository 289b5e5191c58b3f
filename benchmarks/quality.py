"""`bench quality`: do the judged offers come first when their need is asked, also across languages?

The demo cluster is loaded, indexed and asked exactly as the product does it; profiles are ranked as for an event,
where everybody may meet everybody, and each profile's offers stand in the order of the need.
"""

from collections.abc import Callable

from benchmarks.own_database import own_database

Figures = dict[str, float]


def run(say: Callable[[str], None]) -> Figures:
    """Load the demo into a database of its own and measure there."""
    with own_database(pages=False) as database:
        say("loading and indexing the demo cluster")
        database.manage("load_demo")
        database.manage("build_index")
        say("ranking the demo's offers for each judged need")
        return database.step("quality")
