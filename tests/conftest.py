"""What every test shares: how Hypothesis searches."""

import os

from hypothesis import HealthCheck, settings

# The gate must give the same verdict twice, so its examples are drawn from the test's own source (`derandomize`). To look
# for new counterexamples: HYPOTHESIS_PROFILE=explore make pytest. No deadline in either: kernels compile on first use, and
# a busy machine is not a bug.
_COMMON = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow], "print_blob": True}
settings.register_profile("gate", derandomize=True, max_examples=60, **_COMMON)
settings.register_profile("explore", max_examples=1000, **_COMMON)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "gate"))
