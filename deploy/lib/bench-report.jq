# Values of all rounds in, the report out: medians, ratios to nftables NAT, aims. $figures, $aims, $names, $about, $unavailable, $wrong come from bench-report.sh.

def median: sort | if length == 0 then null elif length % 2 == 1 then .[(length - 1) / 2] else (.[length / 2 - 1] + .[length / 2]) / 2 end;

map(select(.value != null)) as $values
| (reduce $values[] as $v ({}; .[$v.figure][$v.path] += [$v.value])) as $all
| def middle($figure; $path): $all[$figure][$path] // [] | median;
  {
    about: $about,
    names: $names,
    unavailable: $unavailable,
    wrong: $wrong,
    figures: [
      $figures[] | . as [$figure, $title, $unit, $digits, $more] | select($all[$figure])
      | middle($figure; "nft") as $nft
      | {figure: $figure, title: (if $figure == "snapshot" then "sync: snapshot of \($snapshot) connections" else $title end), unit: $unit, digits: $digits, moreIsBetter: $more,
         paths: ($all[$figure] | to_entries | map({key: .key, value: {
           values: .value, median: (.value | median),
           ratio: (if $nft and $nft > 0 then (.value | median) / $nft else null end)}}) | from_entries)}
    ],
    aims: [
      # The aims of sync are those of a million connections.
      $aims[] | . as [$figure, $path, $relation, $number, $of] | select($path != "pair" or $snapshot == "1000000")
      | middle($figure; $path) as $median
      | (if $of == "itself" then 1 else middle($figure; $of) end) as $base
      | (if $median == null or $base == null or $base == 0 then null else $median / $base end) as $reached
      | {figure: $figure, title: (first($figures[] | select(.[0] == $figure) | .[1]) // $figure | ltrimstr("  ")), path: $path, relation: $relation,
         aim: $number, of: $of, reached: $reached,
         verdict: (if $reached == null then (if $unavailable[$path] then "not available" else "not measured" end)
                   elif ($relation == ">=" and $reached >= $number) or ($relation == "<=" and $reached <= $number) then "met" else "missed" end)}
    ]
  }
