"""The whole suite: rules of the house, one folder per domain, journeys through real pages."""
