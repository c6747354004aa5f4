# SPDX-License-Identifier: MIT
# An overlay port, vcpkg install sockerr --overlay-ports=.packaging/vcpkg, of the tree that it stands in. A registry, where
# the port stands alone, has in the place of this line, with the checksum of the released archive:
#   vcpkg_from_github(OUT_SOURCE_PATH SOURCE_PATH REPO ... REF "v${VERSION}" SHA512 ...)
cmake_path(SET SOURCE_PATH NORMALIZE "${CURRENT_PORT_DIR}/../../..")

set(VCPKG_BUILD_TYPE release)  # headers: there is nothing to debug apart
vcpkg_cmake_configure(SOURCE_PATH "${SOURCE_PATH}" OPTIONS -DSOCKERR_BUILD_TESTS=OFF -DSOCKERR_BUILD_EXAMPLES=OFF)
vcpkg_cmake_install()
vcpkg_cmake_config_fixup(CONFIG_PATH share/cmake/sockerr)
vcpkg_fixup_pkgconfig()

file(INSTALL "${CMAKE_CURRENT_LIST_DIR}/usage" DESTINATION "${CURRENT_PACKAGES_DIR}/share/${PORT}")
vcpkg_install_copyright(FILE_LIST "${SOURCE_PATH}/LICENSE")
