# The report as SVG: one group of bars a figure, bars as multiples of nftables NAT (the line at 1).

def colour: {route: "#9aa0a6", redirect: "#5f6368", nft: "#4285f4", haproxy: "#c58af9", nginx: "#81c995", pen: "#fdd663", user: "#f28b82", tc: "#ea4335", xdp: "#b31412"}[.];
def escape: gsub("&"; "&amp;") | gsub("<"; "&lt;");
def short: . * 100 | round / 100;

. as $r
| 16 as $bar | 300 as $from | 900 as $to
| [.figures[] | select(.moreIsBetter and .paths.nft)] as $groups
| ([$groups[].paths[].ratio | select(. != null)] | max // 1) as $most
| (($to - $from) / $most) as $one
| (reduce $groups[] as $g ({y: 70, out: []};
    .y as $y
    | ($g.paths | to_entries | map(.key)) as $present
    | [$r.names | keys_unsorted[] | select(. as $k | $present | index($k))] as $order
    | .out += ["<text x=\"\($from - 10)\" y=\"\($y + 12)\" text-anchor=\"end\" font-weight=\"bold\">\($g.title | escape)</text>"]
    | .out += [range(0; $order | length) as $i | $order[$i] as $p | $g.paths[$p] as $v | ($y + $i * $bar) as $at
        | "<rect x=\"\($from)\" y=\"\($at + 1)\" width=\"\($v.ratio * $one | short)\" height=\"\($bar - 3)\" fill=\"\($p | colour)\"><title>\($r.names[$p])</title></rect>"
          + "<text x=\"\($from + $v.ratio * $one + 5 | short)\" y=\"\($at + 12)\">\($v.ratio | short)  \($r.names[$p])</text>"]
    | .y += ($order | length) * $bar + 14)) as $drawn
| "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1080\" height=\"\($drawn.y + 20)\" font-family=\"sans-serif\" font-size=\"12\">",
  "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>",
  "<text x=\"20\" y=\"28\" font-size=\"18\">HaLvs beside its peers: multiples of nftables NAT</text>",
  "<text x=\"20\" y=\"48\" fill=\"#5f6368\">\($r.about.date), \($r.about.cpus) CPUs, \($r.about.cpu | escape), kernel \($r.about.kernel), medians of \($r.about.rounds) rounds</text>",
  $drawn.out[],
  "<line x1=\"\($from + $one | short)\" x2=\"\($from + $one | short)\" y1=\"62\" y2=\"\($drawn.y)\" stroke=\"#4285f4\" stroke-dasharray=\"4 3\"/>",
  "</svg>"
