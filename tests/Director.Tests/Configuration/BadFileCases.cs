namespace HaLvs.Director.Tests.Configuration;

/// <summary>What to replace in the example, by what, and the exact issues.</summary>
public static class BadFileCases
{
    public static TheoryData<string, string, string> All => new()
    {
        // TOML itself.
        { "interval = \"100ms\"", "interval = 100ms", "halvs.toml:16:15: interval: 100ms is not a TOML value; text stands in quotes: interval = \"100ms\"" },
        { "warn = \"300ms\"", "warn =", "halvs.toml:17:7: warn: has no value; write warn = \"...\"" },
        { "[heartbeat]", "[heartbeat", "halvs.toml:15:11: heartbeat: the table's name is not closed or not a name; write [table] or [[table]]" },
        { "\"serial:/dev/ttyS0:115200\"]", "\"serial:/dev/ttyS0:115200\"", "halvs.toml:24:1: links: is not closed; a bracket or a quote is missing at its end" },
        { "masquerade = true", "masquerade = true\nmasquerade = true", "halvs.toml:13:1: network.masquerade: is set twice, first on line 12; keep one of the two" },
        { "[heartbeat]", "[network]", "halvs.toml:15:1: network: stands already on line 7; put all its keys there, once" },
        { "[network]", "[netwrk]", "halvs.toml:1:1: network: is missing; add the table [network]\nhalvs.toml:7:1: netwrk: unknown table; did you mean \"network\"?" },
        { "[cluster]", "[[cluster]]", "halvs.toml:1:1: cluster: stands once in the file; write [cluster] with single brackets" },

        // Kinds and words.
        { "auto-failback = false", "auto-failback = \"no\"", "halvs.toml:5:17: cluster.auto-failback: is a text; write true or false, without quotes" },
        { "auto-failback = false", "interval = \"1s\"", "halvs.toml:5:1: cluster.interval: unknown key here; it belongs to [heartbeat]" },
        { "scheduler = \"wlc\"", "scheduler = \"wcl\"", "halvs.toml:44:13: service.scheduler: \"wcl\" is not a scheduler; did you mean \"wlc\"? known: " + string.Join(", ", HaLvs.Forwarder.Scheduling.SchedulerNames.All) },
        { "weight = 2", "weight = 65536", "halvs.toml:50:10: service.server.weight: 65536 is out of range; write 0 to 65535" },
        { "weight = 2", "weight = 1.5", "halvs.toml:50:10: service.server.weight: is a number with a fraction; write a number from 0 to 65535, without quotes" },
        { "\"100ms\"", "\"100 sec\"", "halvs.toml:16:12: heartbeat.interval: \"100 sec\" has the unknown unit \"sec\"; use ms, s, m or h" },
        { "\"100ms\"", "\"100\"", "halvs.toml:16:12: heartbeat.interval: 100 has no unit; write \"100ms\", \"100s\" or \"100m\"" },
        { "offload = \"auto\"", "offload = \"xpd\"", "halvs.toml:13:11: network.offload: \"xpd\" is not an offload; did you mean \"xdp\"? known: auto, tc, xdp, off" },
        { "name = \"web\"", "name = \"wéb\"", "halvs.toml:2:8: cluster.name: \"wéb\": the name contains the character U+00E9; use letters a to z, digits, '-' and '.'" },
        { "name = \"web\"\n", "", "halvs.toml:1:1: cluster.name: is missing; add name = \"web\"" },
        { "\"/etc/halvs/cluster.key\"", "\"cluster.key\"", "halvs.toml:3:12: cluster.key-file: \"cluster.key\" is not an absolute path; begin with /, for example /etc/halvs/cluster.key" },

        // Addresses.
        { "192.0.2.100/32\"]", "192.0.2.100\"]", "halvs.toml:10:22: network.virtual-addresses: \"192.0.2.100\" has no prefix length; write \"192.0.2.100/32\"" },
        { "192.0.2.100/32\"]", "192.0.2.100/24\"]", "halvs.toml:10:22: network.virtual-addresses: 192.0.2.100/24 is a whole network; a virtual address is one: write \"192.0.2.100/32\"" },
        { "\"192.0.2.100/32\"", "\"192.0.2.100/32\", \"192.0.2.100/32\"", "halvs.toml:10:40: network.virtual-addresses: 192.0.2.100 stands twice, first on line 10; keep one" },
        { "10.0.0.1/24", "10.0.0.255/24", "halvs.toml:11:11: network.gateway: 10.0.0.255/24 is the broadcast address of its network; write a host's address in it" },
        { "\"10.0.0.1/24\"", "\"fd00::1/64\"", "halvs.toml:11:11: network.gateway: \"fd00::1\" is IPv6, and this key takes IPv4; write an address like 10.0.0.3" },
        { "internal = \"eth1\"", "internal = \"eth0\"", "halvs.toml:9:12: network.internal: is \"eth0\", the external interface too; network address translation needs two: one to the clients, one to the real servers" },
        { "listen = \"192.0.2.100:80/tcp\"", "listen = \"192.0.2.100:80\"", "halvs.toml:43:10: service.listen: \"192.0.2.100:80\" has no protocol; write \"192.0.2.100:80/tcp\" or \"192.0.2.100:80/udp\"" },
        { "listen = \"192.0.2.100:80/tcp\"", "listen = \"192.0.2.101:80/tcp\"", "halvs.toml:43:10: service.listen: 192.0.2.101 is not one of network.virtual-addresses; use 192.0.2.100, or add it there" },
        { "192.0.2.100:7/udp", "192.0.2.100:80/tcp", "halvs.toml:53:10: service.listen: 192.0.2.100:80/tcp is a service already (line 43); put all its servers there" },
        { "address = \"10.0.0.2:80\"", "address = \"010.0.0.2:80\"", "halvs.toml:49:11: service.server.address: \"010.0.0.2\" is not an IPv4 address; write four numbers from 0 to 255 like 10.0.0.3" },
        { "address = \"10.0.0.2:80\"", "address = \"10.0.0.2\"", "halvs.toml:49:11: service.server.address: \"10.0.0.2\" has no port; write for example \"10.0.0.2:80\"" },
        { "address = \"10.0.0.2:80\"", "address = \"10.0.0.2:0\"", "halvs.toml:49:11: service.server.address: \"0\" is not a port; write a number from 1 to 65535" },
        { "address = \"10.0.0.2:80\"", "address = \"10.0.0.3:80\"", "halvs.toml:49:11: service.server.address: 10.0.0.3:80 is a server of this service already (line 47); give one a higher weight instead" },
        { "address = \"10.0.0.2:80\"", "address = \"192.0.2.100:80\"", "halvs.toml:49:11: service.server.address: 192.0.2.100 is a virtual address: packets would run in a circle; write the real server's own address" },
        { "address = \"10.0.0.2:80\"", "address = \"10.0.0.1:80\"", "halvs.toml:49:11: service.server.address: 10.0.0.1 is the gateway, which is on the director itself; write the real server's own address" },
        { "address = \"10.0.0.2:80\"", "address = \"10.9.0.2:80\"", "halvs.toml:49:11: warning: service.server.address: 10.9.0.2 is outside the inside network 10.0.0.1/24: its answers must still come back through the gateway, or connections hang" },

        // Times.
        { "dead = \"500ms\"", "dead = \"200ms\"", "halvs.toml:17:8: heartbeat.warn: warn (300ms) is not shorter than dead (200ms): the warning would come when the peer is already lost; change one of the two" + "\nhalvs.toml:18:8: heartbeat.dead: dead (200ms) is not more than twice interval (100ms): one late message would fence a living peer; change one of the two" },
        { "warn = \"300ms\"", "warn = \"100ms\"", "halvs.toml:17:8: heartbeat.warn: warn (100ms) is not longer than interval (100ms): every message would be reported late; change one of the two" },
        { "start = \"10s\"", "start = \"0.4s\"", "halvs.toml:19:9: heartbeat.start: start (400ms) is shorter than dead (500ms): a booting node would give up on its peer sooner than a running one; change one of the two" },
        { "start = \"10s\"", "start = \"0s\"", "halvs.toml:19:9: heartbeat.start: is shorter than a millisecond; write start = \"10s\"" },
        { "interval = \"100ms\"\nwarn = \"300ms\"\ndead = \"500ms\"", "interval = \"250ms\"", "halvs.toml:16:12: heartbeat.interval: dead (500ms, the default) is not more than twice interval (250ms): one late message would fence a living peer; change one of the two" },
        { "user = \"admin\"", "user = \"admin\"\ntimeout = \"20s\"", "halvs.toml:30:11: node.fence.timeout: off-timeout (10s) is too short for timeout (20s): one slow answer would use it up; make off-timeout longer" },
        { "interval = \"2s\" }", "interval = \"2s\", timeout = \"3s\" }", "halvs.toml:45:65: service.check.timeout: timeout (3s) is longer than interval (2s): checks would pile up; shorten timeout" },

        // Nodes and links.
        { "prefer = \"director-a\"", "prefer = \"director-c\"", "halvs.toml:4:10: cluster.prefer: no node is named \"director-c\"; did you mean \"director-a\"? known: director-a, director-b" },
        { "name = \"director-b\"", "name = \"Director-A\"", "halvs.toml:33:8: node.name: \"Director-A\" is the name of the node on line 22 too; names differ, also without regard to case" },
        { "sync = \"10.0.0.252:6940\"\n", "", "halvs.toml:32:1: node.sync: is missing in a pair; add sync = \"ADDRESS:PORT\", like sync = \"10.0.0.251:6940\"" },
        { "links = [\"udp:10.0.0.252:694\", \"serial:/dev/ttyS1:115200\"]", "links = [\"serial:/dev/ttyS1:115200\", \"udp:10.0.0.252:694\"]", "halvs.toml:35:10: node.links: serial:/dev/ttyS1:115200 and its partner on the other node are of different kinds; put them in the same order (udp:10.0.0.251:694 on line 24); links pair up by position\nhalvs.toml:35:38: node.links: udp:10.0.0.252:694 and its partner on the other node are of different kinds; put them in the same order (serial:/dev/ttyS0:115200 on line 24); links pair up by position" },
        { "\"udp:10.0.0.252:694\", ", "", "halvs.toml:32:1: node.links: node director-b has 1 links and director-a has 2; links pair up by position, so both need the same number\nhalvs.toml:35:10: warning: node.links: is the only heartbeat link: one bad cable looks like a dead node; add a second one on another path" },
        { "udp:10.0.0.252:694", "udp:10.0.0.252", "halvs.toml:35:10: node.links: \"udp:10.0.0.252\" has no port; write \"udp:10.0.0.252:694\"" },
        { ":115200", ":9600", "halvs.toml:24:32: node.links: a heartbeat (256 bytes) takes 266.7 ms at 9600 baud, not less than half the interval (100ms); use 57600 baud or faster, or an interval of \"534ms\" or more\nhalvs.toml:35:32: node.links: a heartbeat (256 bytes) takes 266.7 ms at 9600 baud, not less than half the interval (100ms); use 57600 baud or faster, or an interval of \"534ms\" or more" },
        { "type = \"agent\"", "type = \"agnet\"", "halvs.toml:37:8: node.fence.type: \"agnet\" is not a type of fence device; did you mean \"agent\"? known: ipmi, agent, manual" },

        // Fencing.
        { "user = \"admin\"\n", "", "halvs.toml:25:1: node.fence.user: is missing for type \"ipmi\"; add user = \"admin\"" },
        { "program = \"fence_apc\"", "program = \"fence_apc\"\naddress = \"198.51.100.20\"", "halvs.toml:39:1: node.fence.address: is no key of type \"agent\"; take it away, or use level, type, program, options, password-file, timeout, off-timeout, poll-interval, attempts" },
        { "plug = 3", "passwd = \"x\"", "halvs.toml:39:35: node.fence.options.passwd: a secret does not stand in this file; put it in a file of mode 0600 and write password-file = \"/etc/halvs/...\"" },
        { "[[node.fence]]\ntype = \"agent\"\nprogram = \"fence_apc\"\noptions = { ip = \"198.51.100.20\", plug = 3 }\npassword-file = \"/etc/halvs/pdu.password\"", "", "halvs.toml:32:1: node.fence: director-b has no fence device; add [[node.fence]] with ipmi, agent, manual, or fence = \"none\" if a person will confirm every takeover" },
        { "[[node.fence]]\ntype = \"agent\"\nprogram = \"fence_apc\"\noptions = { ip = \"198.51.100.20\", plug = 3 }\npassword-file = \"/etc/halvs/pdu.password\"", "fence = \"none\"", "halvs.toml:36:9: warning: node.fence: director-b cannot be fenced: when it falls silent, nothing is taken over until an operator runs halvs fence director-b --confirm; add [[node.fence]]" },
        { "address = \"198.51.100.11\"", "address = \"10.0.0.251\"", "halvs.toml:28:11: warning: node.fence.address: 10.0.0.251 is an address of director-a itself: without power it does not answer, and its death cannot be proven; write the power controller's address" },
        { "address = \"198.51.100.11\"", "address = \"bmc-a.example\"", "halvs.toml:28:11: warning: node.fence.address: \"bmc-a.example\" needs a name server at the worst moment; write the IPv4 address" },
        { "type = \"agent\"\nprogram = \"fence_apc\"\noptions = { ip = \"198.51.100.20\", plug = 3 }", "type = \"ipmi\"\naddress = \"198.51.100.11\"\nuser = \"admin\"", "halvs.toml:38:11: node.fence.address: 198.51.100.11 is the controller of director-a too (line 28): fencing one would switch off the other; write each node's own" },

        // Services.
        { "scheduler = \"rr\"", "helper = \"ftp\"", "halvs.toml:54:10: service.helper: ftp runs over tcp only; listen on tcp, or take the helper away" },
        { "scheduler = \"rr\"", "listen6 = \"x\"", "halvs.toml:54:1: service.listen6: unknown key; did you mean \"listen\"?" },
        { "listen = \"192.0.2.100:7/udp\"\n", "", "halvs.toml:52:1: service.listen: is missing; add listen = \"192.0.2.100:80/tcp\", or mark = 1" },
        { "scheduler = \"rr\"", "mark = 7", "halvs.toml:54:8: service.mark: names the service a second time; keep listen or mark, not both\nhalvs.toml:54:8: warning: service.mark: no rule gives mark 7, so the service gets nothing; add [[mark]] with mark = 7" },
        { "listen = \"192.0.2.100:7/udp\"", "mark = 0", "halvs.toml:53:8: service.mark: 0 is out of range; write 1 to 4294967295" },
        { "192.0.2.100:7/udp", "192.0.2.100:0/udp", "halvs.toml:53:10: service.listen: port 0 is every port, which needs persistence: add persistence = { timeout = \"300s\" }, or write a port\nhalvs.toml:56:11: service.server.address: has port 7, but the service listens on every port and keeps it; write \"10.0.0.3\"" },
        { "192.0.2.100:7/udp", "192.0.2.100:7/stcp", "halvs.toml:53:10: service.listen: \"stcp\" is not a protocol; did you mean \"tcp\"? write tcp, udp or sctp" },
        { "192.0.2.100:7/udp", "2001:db8::100:7/udp", "halvs.toml:53:10: service.listen: \"2001:db8::100:7\" has no port; write for example \"[2001:db8::100:7]:80\"" },
        { "192.0.2.100:7/udp", "[2001:db8::100]:7/udp", "halvs.toml:53:10: service.listen: 2001:db8::100 is not one of network.virtual-addresses; use 192.0.2.100, or add it there\nhalvs.toml:56:11: service.server.address: 10.0.0.3 is IPv4 and the service is IPv6; addresses are translated within one family only" },
        { "address = \"10.0.0.3:7\"", "address = \"[fd00::3]:7\"", "halvs.toml:56:11: service.server.address: fd00::3 is IPv6 and the service is IPv4; addresses are translated within one family only" },
        { "address = \"10.0.0.3:7\"", "address = \"[fe80::3]:7\"", "halvs.toml:56:11: service.server.address: fe80::3 is a link-local address, which no router forwards; write a global or unique local one like fd00:10::3" },
        { "\"192.0.2.100/32\"", "\"192.0.2.100/32\", \"2001:db8::100/128\"", "halvs.toml:10:40: network.gateway6: is missing, and 2001:db8::100 is IPv6: its real servers need a default route; add gateway6 = \"fd00:10::1/64\"" },
        { "\"192.0.2.100/32\"", "\"192.0.2.100/32\", \"2001:db8::100/64\"", "halvs.toml:10:40: network.virtual-addresses: 2001:db8::100/64 is a whole network; a virtual address is one: write \"2001:db8::100/128\"" },
        { "offload = \"auto\"", "gateway6 = \"fd00::/64\"", "halvs.toml:13:12: network.gateway6: fd00::/64 is the address of the network itself; write a host's address in it" },
        { "offload = \"auto\"", "gateway6 = \"fd00::1/64\"", "halvs.toml:13:12: warning: network.gateway6: serves no virtual address; add an IPv6 one to network.virtual-addresses, or take it away" },
        { "offload = \"auto\"", "gateway6 = \"10.0.0.1/24\"", "halvs.toml:13:12: network.gateway6: \"10.0.0.1/24\" is not an IPv6 address; write one like \"fd00:10::1/64\", and IPv4 into gateway" },
        { "scheduler = \"wlc\"", "one-packet = true", "halvs.toml:44:14: service.one-packet: is for udp: a tcp connection is more than one packet; take it away" },
        { "scheduler = \"wlc\"", "helper = \"tftp\"", "halvs.toml:44:10: service.helper: tftp runs over udp only; listen on udp, or take the helper away" },
        { "scheduler = \"wlc\"", "scheduler-flags = [\"sh-port\"]", "halvs.toml:44:20: service.scheduler-flags: sh-port belongs to scheduler sh, not wlc; take it away, or write scheduler = \"sh\"" },
        { "scheduler = \"wlc\"", "persistence = { timeout = \"1.5s\" }", "halvs.toml:44:27: service.persistence.timeout: \"1.5s\" is not whole seconds, in which IPVS counts; write for example \"300s\"" },
        { "scheduler = \"wlc\"", "persistence = { timeout = \"745h\" }", "halvs.toml:44:27: service.persistence.timeout: \"745h\" is longer than 31 days; write at most \"744h\"" },
        { "scheduler = \"wlc\"", "persistence = { netmask = \"255.0.255.0\" }", "halvs.toml:44:27: service.persistence.netmask: 255.0.255.0 is not a mask of leading ones; write one like 255.255.255.0" },
        { "scheduler = \"wlc\"", "persistence = { netmask = \"64\" }", "halvs.toml:44:27: service.persistence.netmask: 64 is longer than an IPv4 address; write a mask like \"255.255.255.0\"" },
        { "scheduler = \"wlc\"", "persistence = { engine = \"sip\" }", "halvs.toml:44:26: service.persistence.engine: sip reads datagrams; listen on udp, or take the engine away" },
        { "scheduler = \"wlc\"", "on-server-loss = \"rest\"", "halvs.toml:44:18: service.on-server-loss: \"rest\" is not a way; did you mean \"reset\"? known: keep, reset" },
        { "weight = 2", "lower-threshold = 5", "halvs.toml:50:19: service.server.lower-threshold: lower-threshold (5) is above upper-threshold (0): a full server would never take connections again; lower it" },
        { "[heartbeat]", "[[mark]]\nmark = 3\n[heartbeat]", "halvs.toml:16:8: warning: mark.mark: no service takes mark 3; add [[service]] with mark = 3" },
        { "listen = \"192.0.2.100:7/udp\"", "mark = 3", "halvs.toml:53:8: warning: service.mark: no rule gives mark 3, so the service gets nothing; add [[mark]] with mark = 3" },
        { "[heartbeat]", "[[mark]]\nmark = 3\nfrom = \"2001:db8::/32\"\nto = \"192.0.2.1\"\nports = [\"90-80\"]\nprotocol = \"icmp\"\n[heartbeat]", "halvs.toml:16:8: warning: mark.mark: no service takes mark 3; add [[service]] with mark = 3\nhalvs.toml:17:8: mark.from: 2001:db8::/32 and to = 192.0.2.1/32 are of different families, so nothing can match; write two rules\nhalvs.toml:18:6: mark.to: 192.0.2.1/32 holds none of network.virtual-addresses, so nothing reaches the rule; use 192.0.2.100, or add an address there\nhalvs.toml:19:10: mark.ports: \"90-80\" runs backwards; write \"80-90\"\nhalvs.toml:20:12: mark.protocol: \"icmp\" is not a protocol; write tcp, udp or sctp" },
        { "[heartbeat]", "[guard]\nsyn-cookies = \"of\"\nclient-rate = -1\n[heartbeat]", "halvs.toml:16:15: guard.syn-cookies: \"of\" is not a mode; did you mean \"off\"? known: off, auto, always\nhalvs.toml:17:15: guard.client-rate: -1 is out of range; write 0 to 2147483647" },
        { "[heartbeat]", "[ipvs]\nsecure-tcp = 4\ntcp-timeout = 900\nsloppytcp = true\n[heartbeat]", "halvs.toml:16:14: ipvs.secure-tcp: 4 is out of range; write 0 to 3\nhalvs.toml:17:15: ipvs.tcp-timeout: 900 has no unit; write \"900ms\", \"900s\" or \"900m\"\nhalvs.toml:18:1: ipvs.sloppytcp: unknown key; did you mean \"sloppy-tcp\"?" },
        { "type = \"http\"", "type = \"tcp\"", "halvs.toml:45:32: service.check.path: is no key of a \"tcp\" check; take it away, or write type = \"http\"" },
        { "[[service.server]]\naddress = \"10.0.0.3:7\"", "", "halvs.toml:52:1: warning: service.server: the service has no real server and answers nobody; add [[service.server]] with address = \"10.0.0.3:80\"" },
    };
}
