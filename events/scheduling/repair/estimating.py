"""Near-optimal shares and prices of a relaxation after so many cheap steps; a simplex would take ten times as long.

The work is bounded by steps, not by the clock, so that a busy or slow machine gets the same answer, only later.
"""

from dataclasses import dataclass

import numpy as np
from ortools.pdlp import solvers_pb2
from ortools.pdlp.python import pdlp

from events.scheduling.repair.keeping import Amounts, Relaxation

_TOLERANCE = 1e-6


@dataclass(frozen=True)
class Estimate:
    """About how much of each column (n,), from 0 to 1, and about the price of each row (rows,), from 0."""

    amounts: Amounts
    prices: Amounts


def estimate(relaxation: Relaxation, *, steps: int, seconds: float, start: Estimate | None = None) -> Estimate | None:
    """After so many steps, or fewer if time runs out, from `start`; None where that came to nothing.

    No column exceeds 1: wishes see to that anyhow, but the steps lead there twice as fast if they are told.
    Source: Applegate et al., Practical Large-Scale Linear Programming using Primal-Dual Hybrid Gradient, 2021.
    """
    if not len(relaxation.columns):
        return Estimate(np.zeros(0), np.zeros(relaxation.rows))
    effort = solvers_pb2.PrimalDualHybridGradientParams()
    effort.termination_criteria.simple_optimality_criteria.eps_optimal_relative = _TOLERANCE
    effort.termination_criteria.simple_optimality_criteria.eps_optimal_absolute = _TOLERANCE
    effort.termination_criteria.iteration_limit = steps
    effort.termination_criteria.time_sec_limit = max(0.01, seconds)
    effort.num_threads = 1  # sums over threads would depend on their number
    found = pdlp.primal_dual_hybrid_gradient(_program(relaxation), effort, initial_solution=_started(start))
    amounts, prices = np.asarray(found.primal_solution), -np.asarray(found.dual_solution)
    if not (np.isfinite(amounts).all() and np.isfinite(prices).all()):
        return None
    return Estimate(np.clip(amounts, 0.0, 1.0), np.maximum(prices, 0.0))


def _program(relaxation: Relaxation) -> pdlp.QuadraticProgram:
    rows, columns = relaxation.matrix.shape
    program = pdlp.QuadraticProgram()
    program.resize_and_initialize(columns, rows)
    program.constraint_matrix = relaxation.matrix
    program.objective_vector = -relaxation.worth
    program.variable_lower_bounds = np.zeros(columns)
    program.variable_upper_bounds = np.ones(columns)
    program.constraint_lower_bounds = np.full(rows, -np.inf)
    program.constraint_upper_bounds = relaxation.limits
    return program


def _started(start: Estimate | None) -> pdlp.PrimalAndDualSolution | None:
    if start is None:
        return None
    solution = pdlp.PrimalAndDualSolution()
    solution.primal_solution, solution.dual_solution = start.amounts, -start.prices
    return solution
