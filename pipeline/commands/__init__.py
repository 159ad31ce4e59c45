"""The commands: each checks its call and says how it ended; they know both the grievances and the notebooks."""
