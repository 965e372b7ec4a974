"""Founding an office: a congress with its term, sessions, rules and calendar, and the three administrators.

Stands with the assembly: `flask setup` makes a production office by it, the demonstration and the tests theirs.
"""
