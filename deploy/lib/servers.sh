# shellcheck shell=bash
# The real servers, IPv4 and IPv6: web (80; 443 with TLS and HTTP/2), FTP (21), ssh (22), DNS (53), echo (7: TCP, UDP, SCTP), iperf3 (5201).
# Each in its own folder under $lab, none of the machine's own services or configuration is used.

# What is downloaded and compared, the same on every host; and a certificate and keys that live as long as the lab.
make_files() {
    head -c "${HALVS_LAB_FILE_BYTES:-33554432}" /dev/urandom >"$lab/files/big"
    sha256sum <"$lab/files/big" | cut -d ' ' -f 1 >"$lab/files/big.sha256"
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=lab \
        -keyout "$lab/files/web.key" -out "$lab/files/web.pem" 2>/dev/null
    ssh-keygen -q -t ed25519 -N '' -f "$lab/files/host_key"
    ssh-keygen -q -t ed25519 -N '' -f "$lab/files/client_key"
    # sshd insists on this folder; it is empty and stays.
    mkdir -p /run/sshd
}

server_up() {
    local name=$1 address=$2 address6=$3
    local home=$lab/$name
    mkdir -p "$home/ftp" "$home/empty"
    ln "$lab/files/big" "$home/ftp/big"
    printf 'A file on %s\n' "$name" >"$home/ftp/README"
    ftp_configuration "$home" "listen=YES" "listen_address=$address" >"$home/vsftpd.conf"
    ftp_configuration "$home" "listen=NO" "listen_ipv6=YES" "listen_address6=$address6" >"$home/vsftpd6.conf"
    ssh_configuration "$address" "$address6" >"$home/sshd_config"

    web_up "$name" "$address" "$address6"
    in_background "$name" vsftpd vsftpd "$home/vsftpd.conf"
    in_background "$name" vsftpd6 vsftpd "$home/vsftpd6.conf"
    in_background "$name" sshd /usr/sbin/sshd -D -e -f "$home/sshd_config"
    in_background "$name" echo "$artifacts/lab/echo" "$address" 7
    in_background "$name" echo6 "$artifacts/lab/echo" "$address6" 7
    in_background "$name" sctp "$artifacts/lab/sctp" listen "$address" 7
    in_background "$name" sctp6 "$artifacts/lab/sctp" listen "$address6" 7
    in_background "$name" iperf3 iperf3 --server --bind "$address" --port 5201
    in_background "$name" iperf3-6 iperf3 --server --bind "$address6" --port 5201
    dns_up "$name" "$address" "$address6"
}

# A web server on any host: its name at /, the file to compare at /big.
web_up() {
    local home=$lab/$1
    mkdir -p "$home/www" "$home/tmp"
    printf '%s\n' "$1" >"$home/www/index.html"
    ln "$lab/files/big" "$home/www/big"
    nginx_configuration "$home" "$2" "$3" >"$home/nginx.conf"
    in_background "$1" nginx nginx -p "$home" -c "$home/nginx.conf" -e "$home/nginx.log"
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
    ssl_certificate $lab/files/web.pem;
    ssl_certificate_key $lab/files/web.key;
    server {
        listen $2:80 backlog=65535;
        listen [$3]:80 backlog=65535;
        listen $2:8080 backlog=65535;
        listen $2:443 ssl http2;
        listen [$3]:443 ssl http2;
        root $1/www;
    }
}
CONFIGURATION
}

# ftp_configuration HOME LISTEN…: active transfers come from port 20, as the kernel's FTP helper expects.
ftp_configuration() {
    local home=$1
    shift
    printf '%s\n' "$@"
    cat <<CONFIGURATION
background=NO
anonymous_enable=YES
local_enable=NO
port_enable=YES
connect_from_port_20=YES
anon_root=$home/ftp
secure_chroot_dir=$home/empty
xferlog_enable=NO
ftpd_banner=${home##*/}
CONFIGURATION
}

# One host key for both servers: to a client they are one machine.
ssh_configuration() {
    cat <<CONFIGURATION
ListenAddress $1
ListenAddress $2
HostKey $lab/files/host_key
AuthorizedKeysFile $lab/files/client_key.pub
StrictModes no
PermitRootLogin prohibit-password
PasswordAuthentication no
UsePAM no
PidFile none
MaxStartups 100
CONFIGURATION
}

# who.lab names the server; big.lab has three kilobytes in twelve records, more than one packet carries.
dns_up() {
    local name=$1 address=$2 address6=$3 record records=("--txt-record=who.lab,$1")
    for record in a b c d e f g h i j k l; do
        records+=("--txt-record=big.lab,$(printf "$record%.0s" {1..250})")
    done
    in_background "$name" dnsmasq dnsmasq --keep-in-foreground --conf-file=/dev/null --user=root --pid-file --no-resolv --no-hosts \
        --bind-interfaces --listen-address="$address" --listen-address="$address6" --edns-packet-max=4096 "${records[@]}"
}

# Whether all services of a server accept connections, in both families.
server_answers() {
    local listening port
    listening=$(ip netns exec "halvs-$1" ss -Htln)
    for port in 7 21 22 53 80 443 5201; do
        [[ $listening == *[0-9]":$port "* && $listening == *"]:$port "* ]] || return 1
    done
}
