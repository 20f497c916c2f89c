# SPDX-License-Identifier: GPL-2.0-only
#
# Sourced by ./waf: Debian packages that a command needs, and waf itself. Leaves the place of waf in $waf_library.

waf_unpacked=.waf-dir
waf_in_package=usr/lib/python3/dist-packages/xpdeint/waf
setup_log=build/setup.log

# Packages for the commands "$1", given the options after it.
packages_for() {
    wanted_commands=$1
    shift
    elsewhere=
    [ ! -s build/ns3-elsewhere ] || elsewhere=yes
    case " $wanted_commands " in
        *" configure "*) elsewhere= ;;
    esac
    for option; do
        case $option in
            --ns3=*) elsewhere=yes ;;
        esac
    done
    packages="g++ python3 pkg-config libcrypto++-dev libgnutls28-dev nlohmann-json3-dev libbz2-dev zlib1g-dev libxml2-dev"
    [ -n "$elsewhere" ] || packages="$packages libns3-dev libgsl-dev libsqlite3-dev"
    [ ! -d bindings ] || packages="$packages pybind11-dev python3-dev"
    for wanted in $wanted_commands; do
        case $wanted in
            scenarios|test|check) packages="$packages python3-matplotlib python3-numpy python3-scipy python3-tqdm" ;;
        esac
        case $wanted in
            test)
                packages="$packages mypy python3-venv python3-setuptools python3-pandas python3-distributed"
                packages="$packages slurmctld slurmd slurm-client munge"
                for tool in tshark openssl; do
                    ! grep -rqs "$tool" test --include='*.py' --include='*.cc' || packages="$packages $tool"
                done
                ;;
            check) packages="$packages clang-format cppcheck flake8 mypy" ;;
        esac
    done
}

# Prints those of "$@" that are not installed.
missing_packages() {
    dpkg-query -W -f='${Package} ${db:Status-Status}\n' "$@" 2>/dev/null | {
        installed=" "
        while read -r name status; do
            [ "$status" != installed ] || installed="$installed$name "
        done
        for name; do
            case $installed in
                *" $name "*) ;;
                *) printf ' %s' "$name" ;;
            esac
        done
    }
}

package_lists_present() {
    for list in /var/lib/apt/lists/*_Packages*; do
        [ ! -e "$list" ] || return 0
    done
    return 1
}

# apt-get as root, in silence; its words go to the log.
as_root() {
    if [ "$(id -u)" = 0 ]; then
        env DEBIAN_FRONTEND=noninteractive "$@"
    else
        sudo -n env DEBIAN_FRONTEND=noninteractive "$@"
    fi
}

can_be_root() {
    [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null
}

# Reads apt's words: its machine-readable progress becomes a line every ten seconds, all else goes to the log.
show_progress() {
    began=$(date +%s)
    shown=$began
    phase=
    while IFS= read -r line; do
        case $line in
            dlstatus:*) now_in=downloading ;;
            pmstatus:*) now_in=unpacking ;;
            *)
                printf '%s\n' "$line" >>"$setup_log"
                continue ;;
        esac
        now=$(date +%s)
        if [ "$now_in" != "$phase" ]; then
            phase=$now_in
            phase_began=$now
        fi
        [ $((now - shown)) -ge 10 ] || continue
        shown=$now
        percent=${line#*:*:}
        percent=${percent%%.*}
        case $percent in
            ''|*[!0-9]*|?) continue ;;
        esac
        left=$(((now - phase_began) * (100 - percent) / percent))
        echo "  $phase: $percent %, about $left s left"
    done
}

apt_install() {
    status_file=$setup_log.status
    {
        as_root apt-get -o APT::Status-Fd=1 -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "$@" 2>&1
        echo $? >"$status_file"
    } | show_progress
    read -r status <"$status_file"
    rm -f "$status_file"
    return "$status"
}

apt_update() {
    echo "smkex: fetching Debian's package lists"
    as_root apt-get -o DPkg::Lock::Timeout=300 update >>"$setup_log" 2>&1
}

setup_failed() {
    tail -n 5 "$setup_log" >&2
    echo "./waf: $* (whole log: $setup_log)" >&2
    exit 1
}

install_packages() {
    [ -n "$1" ] || return 0
    if ! can_be_root; then
        echo "./waf: these packages are missing; install them as root, then try again:" >&2
        echo "apt-get install --no-install-recommends$1" >&2
        exit 1
    fi
    mkdir -p build || exit 1
    began_install=$(date +%s)
    updated=
    if ! package_lists_present; then
        apt_update || setup_failed "apt-get update failed"
        updated=yes
    fi
    echo "smkex: installing Debian packages:$1"
    # Unquoted: a list of package names.
    if ! apt_install $1; then
        # Lists that are out of date name files which the mirror no longer has.
        [ -z "$updated" ] && apt_update && apt_install $1 || setup_failed "apt-get install failed"
    fi
    echo "smkex: installed in $(($(date +%s) - began_install)) s"
}

# A waf on the PATH that is the real one, neither this launcher nor a copy of it.
waf_on_path() {
    old_ifs=$IFS
    IFS=:
    for folder in $PATH; do
        IFS=$old_ifs
        candidate=${folder:-.}/waf
        [ -f "$candidate" ] && [ -x "$candidate" ] || continue
        grep -q 'The smkex launcher' "$candidate" && continue
        grep -aq waflib "$candidate" || continue
        waf_library=$candidate
        return 0
    done
    IFS=$old_ifs
    return 1
}

no_waf() {
    echo "./waf: $1: set WAFDIR to a folder that holds waflib (waf 2.0.15 or later), or put waf on the PATH" >&2
    exit 1
}

# Debian has no package of waf's own, but xmds2 carries the whole of it: unpacked here, not installed.
download_waf() {
    command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || no_waf "there is no waf here"
    mkdir -p build || exit 1
    if ! package_lists_present; then
        can_be_root && apt_update || no_waf "apt has no package lists (apt-get update) to download waf with"
    fi
    rm -rf "$waf_unpacked.part"
    mkdir "$waf_unpacked.part" || exit 1
    echo "smkex: fetching waf (from Debian's package xmds2, not installed)"
    (cd "$waf_unpacked.part" && apt-get download xmds2) >>"$setup_log" 2>&1 ||
        no_waf "'apt-get download xmds2' failed (log: $setup_log)"
    dpkg-deb -x "$waf_unpacked.part"/xmds2_*.deb "$waf_unpacked.part/root" >>"$setup_log" 2>&1 &&
        mkdir -p "$waf_unpacked" && rm -rf "$waf_unpacked/waflib" &&
        mv "$waf_unpacked.part/root/$waf_in_package/waflib" "$waf_unpacked/waflib" ||
        no_waf "Debian's package xmds2 holds no waf any more"
    rm -rf "$waf_unpacked.part"
}

find_waf() {
    if [ -n "${WAFDIR:-}" ]; then
        [ -d "$WAFDIR/waflib" ] || no_waf "WAFDIR is '$WAFDIR', which holds no folder waflib"
        waf_library=$WAFDIR
    elif ! waf_on_path; then
        [ -d "$waf_unpacked/waflib" ] || download_waf
        waf_library=$waf_unpacked
    fi
}

# set_up COMMANDS OPTION...: everything that has to be there before the first command.
set_up() {
    if command -v dpkg-query >/dev/null; then
        packages_for "$@"
        # Unquoted: a list of package names.
        install_packages "$(missing_packages $packages)"
    fi
    if [ ! -x "$python" ]; then
        echo "./waf: $python is missing" >&2
        exit 1
    fi
    find_waf
}
