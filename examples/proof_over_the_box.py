"""Claims about all values of the parameters at once: proved with a certificate, or refuted by a counterexample.

Run: python examples/proof_over_the_box.py
"""

import tempfile
from pathlib import Path

import gametheory as gt
from gametheory.sensitivity import certificates

HERE = Path(__file__).parent


def main() -> None:
    model = gt.load_model(HERE / "tripwire.toml")

    # More exposure never makes an attack likelier, whatever the other parameters are.
    proved = gt.sensitivity.verify("P(Russia: act) never rises with x_W", model, progress=False)
    print(proved)

    # It does not prevent one everywhere; the counterexample is exact, and as simple as it can be made.
    refuted = gt.sensitivity.verify("P(Russia: act) = 0", model, progress=False)
    print(f"\n{refuted}")
    assert refuted.counterexample is not None

    # With a condition it does. Conditions may be polynomials in the parameters.
    conditional = gt.sensitivity.verify(
        "P(Russia: act) = 0", model, assuming=["x_W*(3 - 2*p) > 6*k", "p < 6/7"], progress=False
    )
    print(f"\n{conditional}")

    # Nobody has to trust the search: the certificate is checked on its own, also by somebody else.
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "claim.json"
        proved.certificate.save(path)
        cases = certificates.check(certificates.load(path), model)
        print(f"\ncertificate of {path.stat().st_size:,} bytes checked anew: {cases} cases, none open")


if __name__ == "__main__":
    main()
