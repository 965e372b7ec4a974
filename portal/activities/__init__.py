"""Trainings, inspections, meetings, group activities: planned, approved, published; deputies sign up, come, ask leave.

Places are counted in one place (`placing`) under one lock per activity, so that neither a rush nor a cancellation at
the same moment gives a place twice. Kinds are data (`kinds.toml`). Hours and the make-up list follow from who came.
"""
