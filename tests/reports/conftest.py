"""What the tests of the reports share."""

from tests.browser import browser

__all__ = ["browser"]
