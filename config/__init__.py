import os

# Before numpy is there: its threads for our small matrices would wait for each other on processors that other workers
# need. A worker is a process.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from config.celery import app as celery_app

__all__ = ["celery_app"]
