"""Work to be done after the commit: rows written in the same transaction, taken by `flask work`.

Effects are at-least-once with a unique key, so handlers must be harmless when repeated; a job that keeps failing is
parked after five tries and shown to the administrator.
"""
