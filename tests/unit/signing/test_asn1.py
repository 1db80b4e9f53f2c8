"""asn1crypto is set up before any thread reads with it."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta

from signing.lab import LabPki
from signing.lab_revocation import crl

_READ_AT_ONCE = """
import sys, threading
from asn1crypto import core
from pathlib import Path
import signing.revocation_reading as reading

sys.setswitchinterval(1e-6)
crl = Path(sys.argv[1]).read_bytes()
ready, failures = threading.Barrier(8), []

def read():
    ready.wait()
    try:
        reading.read_crl(crl)
    except Exception as error:
        failures.append(error)

threads = [threading.Thread(target=read) for _ in range(8)]
for each in threads: each.start()
for each in threads: each.join()
from asn1crypto import algos, crl, ocsp, x509
kinds = [algos.SignedDigestAlgorithm, crl.TbsCertList, crl.CertificateList, ocsp.OCSPResponse, x509.TbsCertificate]
half = [kind for kind in kinds if len(kind._precomputed_specs) != len(kind._fields)]
sys.exit(f"{failures} {half}" if failures or half else 0)
"""


def test_read_in_several_threads(tmp_path):
    """Eight threads of a new process that read their first CRL at once all read it, and leave every class whole."""
    file = tmp_path / "list.crl"
    at = datetime.now(UTC)
    file.write_bytes(crl(LabPki.create(at).root, at, {}, lifetime=timedelta(days=1)))
    for _ in range(5):
        done = subprocess.run(
            (sys.executable, "-c", _READ_AT_ONCE, str(file)), capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
