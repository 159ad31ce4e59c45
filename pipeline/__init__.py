"""From the register of a grievance redress mechanism to its public report."""

__version__ = "0.1.0"
