import sys
import types
import uuid
import warnings

import pytest

from gridworld_env.common.exporting import export, lazy

TABLE = {"sqrt": "math:sqrt", "path": "os.path"}
EARLIER = {"root": ("math:sqrt", "acme.sqrt")}


@pytest.fixture
def package():
    """The prefix of names that no other test gives."""
    return f"acme{uuid.uuid4().hex}"


@pytest.fixture
def module(package):
    """A module that is lazy, and importable while the test runs."""
    made = types.ModuleType(package)
    made.__getattr__, made.__dir__, made.__all__ = lazy(package, TABLE, EARLIER)
    sys.modules[package] = made
    yield made
    del sys.modules[package]


def run(code, file, **names):
    exec(compile(code, file, "exec"), names)  # noqa: S102 - so that the code has a file


def test_what_is_exported_stays_as_it_is(package):
    def function():
        pass

    before = dict(vars(function))
    assert export(package, f"{package}.function")(function) is function
    assert vars(function) == before


def test_a_name_given_in_two_files_is_an_error_that_names_both(package):
    run("export(p, p + '.Thing', p + '.Other')", "/a/one.py", export=export, p=package)
    with pytest.raises(ValueError) as error:
        run("\n\nexport(p, p + '.Thing')", "/a/two.py", export=export, p=package)
    assert "/a/one.py, line 1" in str(error.value)
    assert "/a/two.py, line 3" in str(error.value)


def test_an_earlier_name_is_taken_too(package):
    run("export(p, p + '.New', deprecated=(p + '.Old',))", "/a/one.py", export=export, p=package)
    with pytest.raises(ValueError, match="Old"):
        run("export(p, p + '.Old')", "/a/two.py", export=export, p=package)


def test_a_module_that_is_edited_and_loaded_again_gives_its_names_again(package):
    for code in ("export(p, p + '.Thing')", "\n\nexport(p, p + '.Thing')"):
        run(code, "/a/one.py", export=export, p=package)


@pytest.mark.parametrize("name", ["elsewhere.Thing", "Thing", ""])
def test_a_name_outside_of_the_package_is_an_error(package, name):
    with pytest.raises(ValueError, match=rf"{package}\..*{name!r}"):
        export(package, name)


def test_a_declaration_without_a_name_is_an_error(package):
    with pytest.raises(ValueError, match="needs a public name"):
        export(package)


def test_names_are_looked_up_at_their_first_use(module):
    import math
    import os

    assert "sqrt" not in vars(module)
    assert module.sqrt is math.sqrt
    assert module.path is os.path
    assert vars(module)["sqrt"] is math.sqrt


def test_tab_completion_shows_the_public_names_and_nothing_else(module):
    assert dir(module) == ["path", "sqrt"] == module.__all__
    _ = module.sqrt
    assert dir(module) == ["path", "sqrt"]


def test_an_unknown_name_is_an_attribute_error_with_the_nearest(module):
    with pytest.raises(AttributeError, match=f"{module.__name__}.*sqrtt.*did you mean 'sqrt'"):
        _ = module.sqrtt


def test_an_earlier_name_warns_once_and_says_what_to_write(module):
    import math

    with pytest.warns(DeprecationWarning, match=r"root is deprecated: use acme\.sqrt") as seen:
        assert module.root is math.sqrt
    assert seen[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert module.root is math.sqrt


@pytest.mark.usefixtures("module")
def test_an_earlier_name_can_be_imported(package):
    with pytest.warns(DeprecationWarning, match="root") as seen:
        run(f"from {package} import root, sqrt\nassert root is sqrt", "/a/user.py")
    assert {warning.filename for warning in seen} == {"/a/user.py"}


@pytest.mark.usefixtures("module")
def test_a_star_imports_the_public_names(package):
    names = {}
    exec(f"from {package} import *", names)  # noqa: S102 - no other way to write it in a function
    assert {"sqrt", "path"} <= set(names)
    assert "root" not in names
