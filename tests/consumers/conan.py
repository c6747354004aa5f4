# SPDX-License-Identifier: MIT
"""Runs the recipe without Conan: python3 conan.py RECIPE_FOLDER VERSION PACKAGE_FOLDER

What it imports from Conan is here, as far as it uses it. The test package is compiled only.
"""
import fnmatch
import importlib.util
import os
import shutil
import sys
import types

recipe_folder, version, package_folder = sys.argv[1:]


def copy(_, pattern, src, dst):
    for folder, _, names in os.walk(src):
        for name in names:
            path = os.path.relpath(os.path.join(folder, name), src)
            if fnmatch.fnmatch(path, pattern):
                os.makedirs(os.path.dirname(os.path.join(dst, path)), exist_ok=True)
                shutil.copy(os.path.join(src, path), os.path.join(dst, path))


def load(_, path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def module(name, **contents):
    result = types.ModuleType(name)
    vars(result).update(contents)
    sys.modules[name] = result


standards = []
module("conan", ConanFile=type("ConanFile", (), {}))
module("conan.tools")
module("conan.tools.build", check_min_cppstd=lambda _, standard: standards.append(standard))
module("conan.tools.files", copy=copy, load=load)
module("conan.tools.layout", basic_layout=lambda _, src_folder: None)

spec = importlib.util.spec_from_file_location("recipe", os.path.join(recipe_folder, "conanfile.py"))
recipe = importlib.util.module_from_spec(spec)
spec.loader.exec_module(recipe)
cleared = []
for system, libraries in ("Linux", []), ("Windows", ["ws2_32"]):
    conanfile = recipe.SockerrConan()
    conanfile.recipe_folder = recipe_folder
    conanfile.settings = types.SimpleNamespace(os=system)
    conanfile.cpp_info = types.SimpleNamespace(bindirs=["bin"], libdirs=["lib"], system_libs=[])
    conanfile.info = types.SimpleNamespace(clear=lambda: cleared.append(True))
    conanfile.export_sources_folder = conanfile.source_folder = package_folder + "-exported"
    conanfile.package_folder = package_folder
    conanfile.set_version()
    conanfile.export_sources()
    conanfile.layout()
    conanfile.validate()
    conanfile.package()
    conanfile.package_id()
    conanfile.package_info()
    assert conanfile.cpp_info.bindirs == conanfile.cpp_info.libdirs == []
    assert conanfile.cpp_info.system_libs == libraries
assert (conanfile.name, conanfile.version) == ("sockerr", version), (conanfile.name, conanfile.version)
assert conanfile.package_type == "header-library"
assert standards == [17, 17] and cleared == [True, True]
assert sorted(os.listdir(package_folder)) == ["include", "licenses"], os.listdir(package_folder)
assert os.listdir(os.path.join(package_folder, "licenses")) == ["LICENSE"]

test_package = os.path.join(recipe_folder, "test_package", "conanfile.py")
compile(load(None, test_package), test_package, "exec")
