# The report as a person reads it: figures down, paths across, each median with its ratio to nftables NAT below; then the aims.

def left($n): tostring | . + ((" " * ([$n - length, 0] | max)) // "");
def right($n): tostring | ((" " * ([$n - length, 0] | max)) // "") + .;
def thousands: tostring | if length > 3 then (.[:-3] | thousands) + "," + .[-3:] else . end;
def number($digits):
  if . == null then "-"
  elif $digits == 0 then round | thousands
  else pow(10; $digits) as $p | (. * $p | round) as $n
    | ($n / $p | floor | thousands) + "." + (($n % $p) + $p | tostring | .[1:]) end;

. as $r
| [$r.names | to_entries[] | select(.key as $k | any($r.figures[]; .paths[$k]))] as $columns
| "HaLvs bench, \($r.about.date), commit \($r.about.commit), \($r.about.cpus) CPUs (\($r.about.cpu)), kernel \($r.about.kernel)",
  "\($r.about.rounds) rounds in \($r.about.seconds) s, paths in turn, medians; load before: \($r.about.load)",
  (if ($r.about.leftOut | length) > 0 then "left out, the time was over: " + ($r.about.leftOut | join(", ")) else empty end),
  "In brackets: the ratio to nftables NAT.",
  "",
  ("" | left(44)) + ([$columns[].value | right(20)] | join("")),
  ($r.figures[] | . as $f
    | (($f.title + ", " + $f.unit) | left(44))
      + ([$columns[].key | $f.paths[.] | if . == null then ("-" | right(20))
          else ((.median | number($f.digits)) + (if .ratio then " (" + (.ratio | number(2)) + ")" else "" end)) | right(20) end] | join(""))),
  "",
  ($r.unavailable | to_entries[] | "\($r.names[.key]): not available: \(.value)"),
  "",
  "Aims",
  ($r.aims[] | "  " + (.title | left(34)) + (($r.names[.path] // .path) | left(17))
    + ("\(.relation) \(if .aim >= 1000 then (.aim | number(0)) else .aim end)" + (if .of == "itself" then "" else " x " + $r.names[.of] end) | left(32))
    + (((if .of == "itself" and .aim >= 1000 then 0 else 2 end) as $digits | .reached | number($digits)) | right(9)) + "  " + .verdict),
  (if ($r.wrong | length) > 0 then "", "WRONG", ($r.wrong[] | "  " + .) else empty end)
