"""`python -m pii_scan` is `pii-scan`."""

from pii_scan.command import main

if __name__ == "__main__":
    main()
