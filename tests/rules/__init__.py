"""The house rules, as tests with reasons. Each checker is shown to find a planted violation in the same file."""
