# What ./inorder, ./test and .ci/run share: Debian's packages, and a build that is made once and kept current.
# Sourced with `root` set to the checkout.

run_packages='gcc libc6-dev meson ninja-build pkg-config libglib2.0-dev libyaml-dev libjson-glib-dev librandom123-dev
libpcap0.8-dev python3 libssl-dev libsoup-3.0-dev libldns-dev gnuplot-nox fonts-dejavu-core'
test_packages='check scdoc git tshark tcptrace valgrind clang libclang-rt-14-dev'

say() {
        printf 'inorder: %s\n' "$*" >&2
}

# The packages among "$@" that are not installed, in one line.
missing_packages() {
        command -v dpkg-query >/dev/null || return 0
        # It ends with 1 when it does not know one of them, which is just what is asked.
        installed=" $(dpkg-query -W -f '${db:Status-Abbrev}${Package} ' "$@" 2>/dev/null || :)"
        for package; do
                case $installed in
                *" ii $package "* | *"ii $package "*) ;;
                *) printf '%s ' "$package" ;;
                esac
        done
}

# Install what is missing of "$@". Without the means: say how, exit 5.
need_packages() {
        missing=$(missing_packages "$@")
        missing=${missing% }
        [ -n "$missing" ] || return 0
        install="apt-get install --yes --no-install-recommends $missing"
        if [ "${INORDER_NO_INSTALL:-}" = 1 ]; then
                say "INORDER_NO_INSTALL is set, and these packages are missing. To install them:"
                printf 'sudo apt-get update && sudo %s\n' "$install" >&2
                exit 5
        fi
        if [ "$(id -u)" -eq 0 ]; then
                as_root=''
        elif command -v sudo >/dev/null && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
                as_root='sudo'
        else
                say "some packages are missing, and installing them needs root. As root, run:"
                printf 'apt-get update && %s\n' "$install" >&2
                exit 5
        fi
        say "installing $missing"
        { $as_root apt-get update -q && $as_root env DEBIAN_FRONTEND=noninteractive $install -q; } >&2 ||
                { say "apt-get failed; to try by hand:"; printf 'apt-get update && %s\n' "$install" >&2; exit 5; }
}

# Set up (once) and bring up to date target $2 ("all": everything) of build directory $1; the other arguments are
# meson's.
build() {
        directory=$1
        target=$2
        shift 2
        if ! mkdir -p "$directory" || [ ! -w "$directory" ]; then
                say "cannot build in $directory, which belongs to somebody else; use a checkout of your own"
                exit 1
        fi
        (
                flock 9
                if [ ! -f "$directory/build.ninja" ]; then
                        say "building in ${directory#"$root/"}"
                        meson setup "$directory" "$root" "$@" >"$directory/setup.log" 2>&1 ||
                                { cat "$directory/setup.log" >&2; exit 1; }
                fi
                ninja -C "$directory" "$target" >"$directory/build.log" 2>&1 || { cat "$directory/build.log" >&2; exit 1; }
        ) 9>"$directory/.lock"
}
