# shellcheck shell=bash
# The real servers: web (80), FTP (21), echo (7, TCP and UDP), iperf3 (5201). Each in its own folder under $lab, none of
# the machine's own services or configuration is used.

server_up() {
    local name=$1 address=$2
    local home=$lab/$name
    mkdir -p "$home/www" "$home/ftp" "$home/empty" "$home/tmp"
    printf '%s\n' "$name" >"$home/www/index.html"
    printf 'A file on %s\n' "$name" >"$home/ftp/README"
    nginx_configuration "$home" "$address" >"$home/nginx.conf"
    ftp_configuration "$home" "$address" >"$home/vsftpd.conf"

    in_background "$name" nginx nginx -p "$home" -c "$home/nginx.conf" -e "$home/nginx.log"
    in_background "$name" vsftpd vsftpd "$home/vsftpd.conf"
    in_background "$name" echo "$artifacts/lab/echo" "$address" 7
    in_background "$name" iperf3 iperf3 --server --bind "$address" --port 5201
}

# in_background HOST NAME COMMAND…: runs in the host; its words go to $lab/HOST/NAME.log.
in_background() {
    local host=$1 name=$2
    shift 2
    (
        exec >>"$lab/$host/$name.log" 2>&1 </dev/null
        close_inherited_files
        exec setsid ip netns exec "halvs-$host" "$@"
    ) &
}

nginx_configuration() {
    cat <<CONFIGURATION
daemon off;
user root;
worker_processes 1;
worker_rlimit_nofile 20000;
pid $1/nginx.pid;
events { worker_connections 8192; }
http {
    access_log off;
    default_type text/plain;
    keepalive_requests 100000000;
    keepalive_timeout 300s;
    client_body_temp_path $1/tmp;
    proxy_temp_path $1/tmp;
    fastcgi_temp_path $1/tmp;
    uwsgi_temp_path $1/tmp;
    scgi_temp_path $1/tmp;
    server {
        listen $2:80 backlog=65535;
        root $1/www;
    }
}
CONFIGURATION
}

ftp_configuration() {
    cat <<CONFIGURATION
listen=YES
listen_address=$2
background=NO
anonymous_enable=YES
local_enable=NO
anon_root=$1/ftp
secure_chroot_dir=$1/empty
xferlog_enable=NO
ftpd_banner=${1##*/}
CONFIGURATION
}

# Whether all services of a server accept connections.
server_answers() {
    local listening port
    listening=$(ip netns exec "halvs-$1" ss -Htln)
    for port in 7 21 80 5201; do
        [[ $listening == *":$port "* ]] || return 1
    done
}
