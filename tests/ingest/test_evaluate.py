"""`manage.py evaluate` says what is wrong with the way it was asked."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command


def test_it_refuses_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no such folder") as caught:
        call_command("evaluate", "clusters", "--data", str(tmp_path / "nope"))
    assert caught.value.returncode == 2
