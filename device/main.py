import gc

gc.threshold(8192)  # collect while modules compile: what stays lies close together, and more fits
from judder_node import app  # noqa: E402

app.main()
