"""The statistical rules for panels that remember, switch states or move together: a panel beside a twin of it."""
