"""Simulation: the real rules with a simulated clock and simulated people, so that nothing is sent to anybody."""
