"""The shapes of what comes in and goes out; the rules behind them are the domain's."""
