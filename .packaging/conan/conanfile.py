# SPDX-License-Identifier: MIT
# For Conan 2, of the tree that it stands in: conan create .packaging/conan
import os
import re

from conan import ConanFile
from conan.tools.build import check_min_cppstd
from conan.tools.files import copy, load
from conan.tools.layout import basic_layout

required_conan_version = ">=2.0"


class SockerrConan(ConanFile):
    name = "sockerr"
    description = "Socket errors, classified"
    license = "MIT"
    topics = ("socket", "error-handling", "networking", "header-only")
    package_type = "header-library"
    settings = "os", "arch", "compiler", "build_type"
    no_copy_source = True

    @property
    def _tree(self):
        return os.path.join(self.recipe_folder, os.pardir, os.pardir)

    # The header has the version; no second place keeps it.
    def set_version(self):
        header = load(self, os.path.join(self._tree, "include", "sockerr", "version.hpp"))
        self.version = ".".join(re.findall(r"version_(?:major|minor|patch) = (\d+);", header))

    def export_sources(self):
        copy(self, "include/*", src=self._tree, dst=self.export_sources_folder)
        copy(self, "LICENSE", src=self._tree, dst=self.export_sources_folder)

    def layout(self):
        basic_layout(self, src_folder=".")

    # One package for all: there is nothing in it that the settings change.
    def package_id(self):
        self.info.clear()

    def validate(self):
        check_min_cppstd(self, 17)

    def package(self):
        copy(self, "include/*", src=self.source_folder, dst=self.package_folder)
        copy(self, "LICENSE", src=self.source_folder, dst=os.path.join(self.package_folder, "licenses"))

    def package_info(self):
        self.cpp_info.bindirs = []
        self.cpp_info.libdirs = []
        if self.settings.os == "Windows":
            self.cpp_info.system_libs = ["ws2_32"]
