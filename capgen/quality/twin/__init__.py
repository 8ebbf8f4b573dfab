"""The statistical rules for panels with memory, states or common movement: beside a twin."""
