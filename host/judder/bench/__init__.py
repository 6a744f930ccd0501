"""The evaluation page: what Judder detects on the published recordings, beside the reference's method.

One configuration, that of `judder train`, for all tasks and machines. Nothing here is chosen by its figures.
"""
