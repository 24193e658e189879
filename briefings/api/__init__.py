"""The API for apps: resources under /api/v1, each a small router over the doors that the pages use too."""
