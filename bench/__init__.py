"""The benchmark: the service beside what its servers and libraries can do at most."""
