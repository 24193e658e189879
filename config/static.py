"""Static files by names with their content's hash, looked up once each: a page names ten of them."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage  # type: ignore[import-untyped]


class Storage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """The manifest is read when a process starts, so an address that was told once stays."""

    @cached_property
    def _told(self) -> dict[str, str]:
        return {}

    def url(self, name: str, force: bool = False) -> Any:
        if force:
            return super().url(name, force)
        if name not in self._told:
            self._told[name] = super().url(name)
        return self._told[name]
