# SPDX-License-Identifier: MIT
# The README as Doxygen is to read it: each section has the anchor that the links of the README name, and what can be
# folded, of which Doxygen would make a block a paragraph, is left to the browser.
/^```/ { code = !code }
/^##+ / && !code {
  anchor = tolower($0)
  gsub(/^#+ |[^a-z0-9 -]/, "", anchor)
  gsub(/ /, "-", anchor)
  $0 = $0 " {#" anchor "}"
}
/^<\/?details>/ { $0 = "@htmlonly " $0 " @endhtmlonly" }
{ print }
