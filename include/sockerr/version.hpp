// SPDX-License-Identifier: MIT
#ifndef SOCKERR_VERSION_HPP
#define SOCKERR_VERSION_HPP

/// Socket errors, classified.
namespace sockerr {
inline namespace v1_0 {

/// The version of this library (semver.org): the first number changes where code that uses it has to. CMakeLists.txt
/// reads all three from here.
inline constexpr int version_major = 1;
inline constexpr int version_minor = 0;  ///< it changes where something is added
inline constexpr int version_patch = 0;  ///< it changes where something is repaired

}  // namespace v1_0
}  // namespace sockerr

#endif
