"""Learning: what was shown, training in shadow, promotion, fairness."""
