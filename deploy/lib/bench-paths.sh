# shellcheck shell=bash
# The paths that are compared. path_up PATH makes a director that forwards that way; target_of PATH is where clients go.
#
#   route     plain routing, no translation: what the two links and the end hosts can do
#   redirect  a bare XDP redirect, only for the generator's packets: what the driver can do
#   nft       nftables DNAT with connection tracking, the kernel's own NAT
#   haproxy, nginx, pen   proxies in TCP mode
#   user, tc, xdp         ours, by network.offload

all_paths=(route redirect nft haproxy nginx pen user tc xdp)
declare -A path_names=([route]="plain routing" [redirect]="bare XDP redirect" [nft]="nftables NAT" [haproxy]=HAProxy
    [nginx]="nginx stream" [pen]=Pen [user]="HaLvs user path" [tc]="HaLvs tc" [xdp]="HaLvs XDP" [pair]="HaLvs pair")
capacity=1000000

# What a path forwards at all.
is_proxy() { [[ $1 == haproxy || $1 == nginx || $1 == pen ]]; }
is_ours() { [[ $1 == user || $1 == tc || $1 == xdp ]]; }
carries_tcp() { [[ $1 != redirect ]]; }
carries_packets() { ! is_proxy "$1"; }
keeps_state() { [[ $1 == nft ]] || is_ours "$1"; }

target_of() {
    if [[ $1 == route ]]; then say "$server"; else say "$virtual"; fi
}

path_up() {
    director_up
    if is_ours "$1"; then
        ours_up "$1"
        return
    fi
    ip -n halvs-bench-director address add "$gateway/24" dev eth1
    ip -n halvs-bench-director address add "$virtual/32" dev lo
    case $1 in
        nft) nft_up ;;
        haproxy | nginx | pen)
            "${1}_up"
            wait_until 10 answers "$1" || fail "${path_names[$1]} does not answer: $(tail -n 3 "$bench/$1.log")"
            ;;
    esac
}

path_down() { director_down; }

# Whether the page comes through, whole.
answers() {
    [[ $(in_host client curl -s --max-time 2 "http://$(target_of "$1")/") == "$(cat "$bench/www/index.html")" ]]
}

nft_up() {
    in_host director nft -f - <<NFT
table ip bench {
    chain pre {
        type nat hook prerouting priority dstnat;
        ip daddr $virtual tcp dport { 80, 5201, 9000 } dnat to $server
        ip daddr $virtual udp dport 9000 dnat to $server
    }
}
NFT
}

haproxy_up() {
    cat >"$bench/haproxy.cfg" <<CONFIGURATION
global
    maxconn 9500
    nbthread $(nproc)
defaults
    mode tcp
    timeout connect 5s
    timeout client 1h
    timeout server 1h
listen web
    bind $virtual:80 backlog 65535
    server one $server:80
listen bulk
    bind $virtual:5201
    server one $server:5201
CONFIGURATION
    start director haproxy haproxy -db -f "$bench/haproxy.cfg"
}

nginx_up() {
    cat >"$bench/stream.conf" <<CONFIGURATION
load_module /usr/lib/nginx/modules/ngx_stream_module.so;
daemon off;
user root;
worker_processes $(nproc);
worker_rlimit_nofile 65536;
pid $bench/stream.pid;
events { worker_connections 60000; }
stream {
    server { listen $virtual:80 backlog=65535; proxy_pass $server:80; }
    server { listen $virtual:5201; proxy_pass $server:5201; proxy_timeout 1h; }
}
CONFIGURATION
    start director nginx nginx -p "$bench" -c "$bench/stream.conf" -e "$bench/stream.err"
}

# One process a port.
pen_up() {
    start director pen-bulk pen -f -r -O epoll -c 9500 -x 30000 "$virtual:5201" "$server:5201"
    start director pen pen -f -r -O epoll -c 9500 -x 30000 "$virtual:80" "$server:80"
}
