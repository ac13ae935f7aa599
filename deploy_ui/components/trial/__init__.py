"""The API test tab's own parts of the browser: a request, its answer as it arrives, what was sent before."""
