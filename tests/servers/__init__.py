"""Real servers for the tests: private instances on free ports, killed at the end whatever happens."""
