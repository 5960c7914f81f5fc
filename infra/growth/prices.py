"""Google's list prices in dollars, of the multi-region nam5 and of tier 1, as public copies of the pages gave them.

https://cloud.google.com/firestore/pricing, https://cloud.google.com/run/pricing, https://cloud.google.com/pubsub/pricing
and https://cloud.google.com/tasks/pricing; free quotas are left out. Check them before you quote a figure.
"""

READ, WRITE, DELETE = 0.06 / 1e5, 0.18 / 1e5, 0.02 / 1e5  # a document
STORED_GIB_MONTH = 0.18  # indexes included
CALL = 0.40 / 1e6
VCPU_SECOND, GIB_SECOND = 24e-6, 2.5e-6  # request-based
MESSAGE = 40 / 2**40 * 1024 * 2  # Pub/Sub bills a KiB at least, published and delivered
TASK = 0.40 / 1e6
