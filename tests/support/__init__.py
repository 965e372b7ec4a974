"""What the tests stand on: applications, databases, a browser, a client that inspects every page."""
