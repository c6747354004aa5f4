// SPDX-License-Identifier: MIT
#ifndef SOCKERR_VERSION_HPP
#define SOCKERR_VERSION_HPP

namespace sockerr {

/// The version of this library (semver.org). CMakeLists.txt reads it from here.
inline constexpr int version_major = 1;
inline constexpr int version_minor = 0;
inline constexpr int version_patch = 0;

}  // namespace sockerr

#endif
