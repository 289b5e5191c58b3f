"""Training without boosted trees, where a test is not about them: importing and fitting them takes seconds."""

import pytest

from matching.domain.learning import holdouts


@pytest.fixture
def without_trees(monkeypatch: pytest.MonkeyPatch) -> None:
    """The card says that there was too little for trees."""
    monkeypatch.setattr(holdouts, "_challenged", lambda *_args: (None, "too_few_outcomes"))
