# SPDX-License-Identifier: MIT
# A header as Doxygen is to read it: awk -v table=include/sockerr/codes.def -f header.awk include/sockerr/errc.hpp
#
# Doxygen does not follow an #include inside an enum. So here stand the enumerators and exception classes that the rows
# of the table make there, with the table's words; the enumerators of a list in the header itself have those beside them.
# "Returns:" and "Throws:" become sections. Each line stays where it is, so that warnings name the right one.

function quoted(line) {
  return match(line, /".*"/) ? substr(line, RSTART + 1, RLENGTH - 2) : ""
}

BEGIN {
  while ((getline line < table) > 0) {
    if (line !~ /^ *SOCKERR_[A-Z_]+\(/) continue
    gsub(/\) SOCKERR_/, ")\nSOCKERR_", line)
    count = split(line, row, /\n/)
    for (i = 1; i <= count; ++i) add(row[i])
  }
}

function add(line,   field) {
  sub(/^ */, "", line)
  split(line, field, /[(,) ]+/)
  if (field[1] == "SOCKERR_OTHER") {
    message[field[2]] = quoted(line)
    field[1] = "SOCKERR_ERRNO"
    field[3] = "E" field[3]
    line = ""
  }
  if (field[1] == "SOCKERR_ERROR") message[field[2]] = quoted(line)
  kind[++rows] = field[1]
  name[rows] = field[2]
  argument[rows] = field[3]  # the number of a condition, or a symbol
  number[rows] = field[4]    # or the parent of a condition
  words[rows] = quoted(line)
}

# The names that the rows of the kinds defined make, each once; body[kind] is what the header makes of a row.
function names(   row, text, seen, result) {
  for (row = 1; row <= rows; ++row) {
    if (!(kind[row] in body)) continue
    text = words[row] != "" ? words[row] : message[name[row]] " (" symbols(name[row]) ")"
    if (body[kind[row]] ~ /^class name/)
      result = result " /** Thrown for condition::" name[row] ": " text ". */ class " name[row] " : public " \
               (number[row] == "none" ? "socket_error" : number[row]) " {};"
    else if (body[kind[row]] ~ /^name.*,$/ && !seen[name[row]]++)
      result = result " /** " text ". */ " name[row] fixed(row) ","
  }
  return result
}

# The number of an enumerator that is the same everywhere.
function fixed(row) {
  if (kind[row] == "SOCKERR_CONDITION") return " = " argument[row]
  return kind[row] == "SOCKERR_RESOLVER" || number[row] ~ /^0x/ ? " = " number[row] : ""
}

# The symbols that stand for an error in the kinds defined.
function symbols(error,   row, result) {
  for (row = 1; row <= rows; ++row)
    if (name[row] == error && kind[row] in body) result = result (result == "" ? "" : ", ") argument[row]
  return result
}

/^#define SOCKERR_[A-Z]+\(/ {
  definition = ""
  defining = 1
}
defining {
  definition = definition $0
  defining = sub(/ *\\$/, " ", definition)
  if (!defining) {
    split(definition, part, /[ (]/)
    sub(/^[^)]*\) */, "", definition)
    body[part[2]] = definition
  }
  print ""
  next
}
/^#include "codes.def"/ {
  print names()
  delete body
  next
}
match($0, /SOCKERR_[A-Z]+\(SOCKERR_(ENUMERATOR|CIRCUMSTANCE)\)/) {
  before = substr($0, 1, RSTART - 1)
  after = substr($0, RSTART + RLENGTH)
  split(substr($0, RSTART), part, /\(/)
  rows_here = split(body[part[1]], part, /row\(/)
  list = ""
  for (i = 2; i <= rows_here; ++i) {
    words_here = match(part[i], /\/\*.*\*\//) ? substr(part[i], RSTART + 2, RLENGTH - 4) : " @undocumented "
    sub(/[,)].*/, "", part[i])
    list = list " " part[i] ", /**<" words_here "*/"
  }
  print before list after
  next
}
# The namespace of the version, which nobody writes.
/^inline namespace v[0-9_]+ \{$/ || /^\}  \/\/ namespace v[0-9_]+$/ {
  print ""
  next
}
# Doxygen before 1.9.8 does not ask for words about an enumerator, but it does not know this command.
/^ *enum class .*\{/ { enumerators = !/\}/ }
/^ *\};/ { enumerators = 0 }
enumerators && /^ *[a-z_]+( = [^,]*)?,?$/ { $0 = $0 " ///< @undocumented" }
{
  comment = /^ *\/\/\/ /
  # Where it is all that is said, it is also the short form that lists show.
  if (!comment || in_comment) gsub(/Returns: /, "@returns ")
  gsub(/Throws: /, "@errors ")
  in_comment = comment
  sub(/^ *friend (class|struct) .*;$/, "")  # hiding these by an option would excuse friend operators from their comments
  sub(/, detail::number_space Space = detail::space_of<Code>::value/, "")  # it only keeps other types out
  print
}
