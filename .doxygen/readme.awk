# SPDX-License-Identifier: MIT
# The README as Doxygen is to read it: each section has the anchor that the links of the README name.
/^```/ { code = !code }
/^##+ / && !code {
  anchor = tolower($0)
  gsub(/^#+ |[^a-z0-9 -]/, "", anchor)
  gsub(/ /, "-", anchor)
  $0 = $0 " {#" anchor "}"
}
{ print }
