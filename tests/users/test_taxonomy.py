"""Roles and industries by any of their names."""

from __future__ import annotations

import pytest

from users import taxonomy


def test_it_has_enough_of_each_and_each_says_what_its_reader_cares_about() -> None:
    assert len(taxonomy.roles()) >= 14
    assert len(taxonomy.industries()) >= 16
    for entry in (*taxonomy.roles().values(), *taxonomy.industries().values()):
        assert len(entry.slug) <= 40
        assert 80 <= len(entry.cares) <= 400
        assert "\n" not in entry.cares


@pytest.mark.parametrize(
    "name", ["product-manager", "Product manager", "PRODUCT MANAGER", " product  manager "]
)
def test_it_finds_a_role_by_slug_or_title(name: str) -> None:
    assert taxonomy.role(name).slug == "product-manager"


def test_it_finds_an_industry_by_slug_or_title() -> None:
    assert taxonomy.industry("retail and E-Commerce") == taxonomy.industry("retail")


def test_every_title_leads_back_to_its_entry() -> None:
    assert all(taxonomy.role(role.title) == role for role in taxonomy.roles().values())
    assert all(taxonomy.industry(one.title) == one for one in taxonomy.industries().values())


def test_it_refuses_an_unknown_name_with_what_is_allowed() -> None:
    with pytest.raises(taxonomy.UnknownRole, match="unknown role 'wizard'; one of: ceo, cto, "):
        taxonomy.role("wizard")
    with pytest.raises(taxonomy.UnknownIndustry, match="unknown industry 'magic'; one of: software, finance"):
        taxonomy.industry("magic")
