"""A cluster to try rankers on, with hidden preferences, caps, delays and silence: the public face of the simulator.

    settings = Settings().with_changes({"answer_rate": 0.3, "median_days": {"meeting_held": 60}})
    result = run_hub(settings, 0, simulated_cluster)
    print(figures([result])["gap_closed"])

Another truth altogether is a class with the methods of `World`; another ranker one with those of `Policy`.
"""

from matching.engine.simulation.cluster import ClusterFactory, SimulatedWorld, simulated_cluster
from matching.engine.simulation.hubs import POLICIES, HubResult, figures, make_policy, run_hub
from matching.engine.simulation.judging import Record, calibration, cap_violations, simulate, worth_by_month
from matching.engine.simulation.log import Log, Shown
from matching.engine.simulation.policies import (
    ByScore,
    Learner,
    Policy,
    Selection,
    oracle_policy,
    prior_policy,
    random_policy,
    similarity_policy,
    wrong_tables,
)
from matching.engine.simulation.settings import KINDS, Settings
from matching.engine.simulation.world import NO, NOT_NOW, SILENT, YES, Candidates, Fates, Query, World, WorldFactory

__all__ = [
    "KINDS",
    "NO",
    "NOT_NOW",
    "POLICIES",
    "SILENT",
    "YES",
    "ByScore",
    "Candidates",
    "ClusterFactory",
    "Fates",
    "HubResult",
    "Learner",
    "Log",
    "Policy",
    "Query",
    "Record",
    "Selection",
    "Settings",
    "Shown",
    "SimulatedWorld",
    "World",
    "WorldFactory",
    "calibration",
    "cap_violations",
    "figures",
    "make_policy",
    "oracle_policy",
    "prior_policy",
    "random_policy",
    "run_hub",
    "similarity_policy",
    "simulate",
    "simulated_cluster",
    "worth_by_month",
    "wrong_tables",
]
