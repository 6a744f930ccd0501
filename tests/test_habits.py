"""What CONTRIBUTING and CI promise of the make targets, and of what `make quick` leaves out."""

import re

from documents import ROOT, commands

from tests.conftest import SLOW

MAKEFILE = (ROOT / "Makefile").read_text()
CI = (ROOT / ".ci" / "run").read_text()


def prerequisites(target):
    return re.search(rf"^{target}: (.*)$", MAKEFILE, re.MULTILINE)[1].split()


def test_every_make_target_of_contributing_exists():
    named = {
        command[1] for command in commands((ROOT / "CONTRIBUTING.md").read_text()) if command[0] == "make"
    }
    assert {"quick", "lint", "check"} <= named
    assert all(re.search(rf"^{target}:", MAKEFILE, re.MULTILINE) for target in named)


def test_every_make_target_is_explained_by_make_help():
    targets = re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)[1].split()
    assert set(re.findall(r'@echo "make (\w+) ', MAKEFILE)) == set(targets) - {"help"}


def test_making_the_environment_never_empties_it():
    assert "-m venv " in MAKEFILE and "--clear" not in MAKEFILE


def test_check_is_lint_and_test():
    assert prerequisites("check") == ["lint", "test"]


def test_ci_lints_then_tests_once_and_fails_on_a_skipped_test():
    assert re.findall(r"^make (lint|test|check|quick|coverage)\b", CI, re.MULTILINE) == ["lint", "test"]
    assert "[0-9]+ skipped" in CI


def test_what_quick_leaves_out_exists():
    assert [name for name in SLOW if not (ROOT / "tests" / name).is_file()] == []
