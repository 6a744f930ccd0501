"""A store in one SQLite file, and the only place that knows SQL.

All writing happens on one thread. What waits while a commit is under way goes into the next one together
(group commit), so that a hall of boards costs one fsync for all, not one for each.
"""
