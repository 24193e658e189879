"""Nutgraf's settings with a model that is not waited for as long, so that an hour of slow answers takes minutes."""

from config.settings import *  # noqa: F403
from tests.chaos.provider import DEADLINE

MODEL_DEADLINE = DEADLINE
