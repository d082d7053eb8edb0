# shellcheck shell=bash
# For each director a real IPMI 2.0 controller (OpenIPMI's ipmi_sim) on the management network, with its own network
# connection and its own life: it answers while its director is off, as long as its link is plugged.

bmc_up() {
    local side=$1 number=$2
    local home=$lab/bmc-$side
    install -d -m 0700 "$home" "$home/state"
    make_password "$side"
    # ipmi_sim reads the password from its configuration: the file is as secret as the password.
    (
        umask 077
        bmc_lan "$side" "$number" >"$home/lan.conf"
        bmc_controllers >"$home/controllers.emu"
    )
    # nsenter, not ip netns exec: that one would give lib/chassis mounts of its own, and the namespace of a booting
    # director, which is a mount too, would exist for nobody else.
    (
        exec >>"$home/ipmi_sim.log" 2>&1 </dev/null
        close_inherited_files
        exec setsid nsenter --net="/run/netns/halvs-bmc-$side" ipmi_sim -n -c "$home/lan.conf" -f "$home/controllers.emu" -s "$home/state"
    ) &
}

make_password() {
    (
        umask 077
        od -An -N 8 -tx1 /dev/urandom | tr -d ' ' >"$lab/bmc-$1.password"
    )
}

# ipmi_lan(5). The script path is quoted by ipmi_sim's own rules: no blanks in the folder of this project.
bmc_lan() {
    cat <<CONFIGURATION
name "director-$1"
set_working_mc 0x20
  startlan 1
    addr 198.51.100.$2 623
    priv_limit admin
    allowed_auths_callback none md2 md5 straight
    allowed_auths_user none md2 md5 straight
    allowed_auths_operator none md2 md5 straight
    allowed_auths_admin none md2 md5 straight
    guid a123456789abcdefa1234567890000$2
  endlan
  chassis_control "$library/chassis director-$1 0x20"
  user 2 true "admin" "$(cat "$lab/bmc-$1.password")" admin 10 none md2 md5 straight
CONFIGURATION
}

# ipmi_sim_cmd(5): one management controller that is a chassis device.
bmc_controllers() {
    cat <<'CONFIGURATION'
mc_setbmc 0x20
mc_add 0x20 0 no-device-sdrs 0x23 9 8 0x9f 0x1291 0xf02 persist_sdr
sel_enable 0x20 1000 0x0a
mc_enable 0x20
CONFIGURATION
}

# bmc_answers SIDE: asks through the network, as the other director does.
bmc_answers() {
    local number=11
    if [[ $1 == b ]]; then
        number=12
    fi
    ip netns exec "halvs-bmc-$1" ipmitool -I lanplus -C 3 -N 1 -R 1 -H "198.51.100.$number" -U admin \
        -f "$lab/bmc-$1.password" chassis power status &>/dev/null
}
