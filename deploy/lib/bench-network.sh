# shellcheck shell=bash
# The bench's own network: client - director - server, two veth pairs, MTU 1500, default offloads. Host X lives in namespace halvs-bench-X, beside
# a lab that may be up. The director is made anew for every path, so that nobody finds what the one before left in the kernel.

bench=/run/halvs-bench
virtual=198.51.100.110
server=172.16.0.2
gateway=172.16.0.1
sources=198.18.0.0 # RFC 2544: the generator's clients

in_host() {
    local host=$1
    shift
    ip netns exec "halvs-bench-$host" "$@"
}

# start HOST NAME COMMAND…: in the background, its words in $bench/NAME.log, its number in $bench/NAME.pid.
start() {
    local host=$1 name=$2
    shift 2
    (
        exec >"$bench/$name.log" 2>&1 </dev/null
        close_inherited_files
        exec setsid ip netns exec "halvs-bench-$host" "$@"
    ) &
    say "$!" >"$bench/$name.pid"
    disown "$!" # its end by our own hand is no news
}

pid_of() { cat "$bench/$1.pid"; }

create_bench_host() {
    ip netns add "halvs-bench-$1"
    in_host "$1" sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1 \
        net.ipv4.ip_local_port_range="1024 65535" net.core.somaxconn=65535 net.ipv4.tcp_max_syn_backlog=65535
    ip -n "halvs-bench-$1" link set lo up
}

ends_up() {
    create_bench_host client
    create_bench_host server
    # Proxies and clients come back to a port long before its TIME_WAIT is over.
    in_host client sysctl -qw net.ipv4.tcp_tw_reuse=1
}

# What an administrator of a router switches on or off; source routes of the generator's clients lead back to the client.
director_up() {
    create_bench_host director
    in_host director sysctl -qw net.ipv4.ip_forward=1 net.ipv4.tcp_tw_reuse=1 net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0
    connect client eth0 192.0.2.2/24 eth0 192.0.2.1/24
    connect server eth0 "$server/24" eth1 172.16.0.9/24
    ip -n halvs-bench-client route add 172.16.0.0/24 via 192.0.2.1
    ip -n halvs-bench-client route add "$virtual" via 192.0.2.1
    ip -n halvs-bench-director route add 198.18.0.0/15 via 192.0.2.2
    ip -n halvs-bench-server route add default via "$gateway"
}

# connect HOST INTERFACE ADDRESS INTERFACE-OF-DIRECTOR ADDRESS: a veth pair between both, up.
connect() {
    ip -n "halvs-bench-$1" link add "$2" type veth peer name "$4" netns halvs-bench-director
    ip -n "halvs-bench-$1" address add "$3" dev "$2"
    ip -n halvs-bench-director address add "$5" dev "$4"
    ip -n "halvs-bench-$1" link set "$2" up
    ip -n halvs-bench-director link set "$4" up
}

director_down() {
    host_down director
}

# The veth pairs go with the director, and with them the addresses and routes of the ends.
host_down() {
    local namespace=halvs-bench-$1
    [[ -e /run/netns/$namespace ]] || return 0
    kill_everything_in "$namespace"
    ip netns delete "$namespace"
    # Its interfaces leave a moment after the name does.
    if [[ $1 == director ]]; then
        wait_until 5 no_interface client || fail "the director's interfaces stay"
        wait_until 5 no_interface server || fail "the director's interfaces stay"
    fi
}

no_interface() { ! ip -n "halvs-bench-$1" link show eth0 &>/dev/null; }

bench_down() {
    host_down director
    host_down client
    host_down server
    rm -rf "$bench"
}

# The server's programs; they live through all paths (0.0.0.0: its address comes and goes with the director).
servers_up() {
    install -d -m 0755 "$bench/www" "$bench/tmp"
    printf 'it is me, the real server\n' >"$bench/www/index.html"
    head -c 8388608 /dev/urandom >"$bench/www/bytes"
    cat >"$bench/web.conf" <<CONFIGURATION
daemon off;
user root;
worker_processes 2;
worker_rlimit_nofile 65536;
pid $bench/nginx.pid;
events { worker_connections 30000; }
http {
    access_log off;
    keepalive_requests 100000000;
    keepalive_timeout 300s;
    open_file_cache max=100;
    client_body_temp_path $bench/tmp;
    proxy_temp_path $bench/tmp;
    fastcgi_temp_path $bench/tmp;
    uwsgi_temp_path $bench/tmp;
    scgi_temp_path $bench/tmp;
    server { listen 80 backlog=65535; root $bench/www; }
}
CONFIGURATION
    start server web nginx -p "$bench" -c "$bench/web.conf" -e "$bench/web.err"
    start server iperf iperf3 --server
}

# The kernel's table is one for the whole machine; it gets room for as many flows as ours, and its old size back.
conntrack_sizes=(/sys/module/nf_conntrack/parameters/hashsize /proc/sys/net/netfilter/nf_conntrack_max)
conntrack_before=()

conntrack_room() {
    modprobe nf_conntrack 2>/dev/null || true
    mapfile -t conntrack_before < <(cat "${conntrack_sizes[@]}")
    say $((room / 4)) >"${conntrack_sizes[0]}"
    say "$room" >"${conntrack_sizes[1]}"
}

conntrack_restore() {
    local i
    for i in "${!conntrack_before[@]}"; do
        say "${conntrack_before[i]}" >"${conntrack_sizes[i]}"
    done
}
