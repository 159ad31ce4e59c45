#!/bin/sh
# Makes .venv, in which everything here runs, from requirements.lock; where it is ready, nothing is done.
#
#   sh setup.sh        what the reports need
#   sh setup.sh test   that, and what the tests open reports with (a browser, a PDF reader)
#   sh setup.sh lock   writes requirements.lock anew, with the newest versions that pyproject.toml admits
#
# Exit codes: 0 ready · 1 something failed on the way · 2 this machine lacks something, and a sentence says what.
set -eu

case $0 in */*) CDPATH='' cd -- "${0%/*}" ;; esac
here=$(pwd -P)
log=.venv/setup.log

say() { printf '%s\n' "$*" >&2; }

stop() {
    say "$*"
    exit 2
}

failed() {
    tail -n 20 "$log" >&2
    say "The set-up failed; above are the last lines of $log. Mend what they name (often the connection to the package index, or a full disk) and run the command again."
    exit 1
}

# Settings of other projects that would change what is installed here, or where. The index, its certificate and its
# mirror stay as they are set: whatever they serve has to have the hashes of the lock.
unset PYTHONHOME PYTHONPATH PIP_TARGET PIP_PREFIX PIP_ROOT PIP_REQUIRE_HASHES UV_CONSTRAINT UV_OVERRIDE
export PIP_CONSTRAINT=/dev/null PIP_USER=0 PIP_NO_INPUT=1 PIP_DISABLE_PIP_VERSION_CHECK=1

# --- what this machine has ---------------------------------------------------------------------------------------

# Sets $python: the interpreter itself, since an activated .venv would be removed under its own feet.
find_python() {
    for name in python3 python3.13 python3.12 python3.11; do
        python=$("$name" -I -c '
import sys
if not (3, 11) <= sys.version_info[:2] <= (3, 13):
    sys.exit("of another version")
import ensurepip, venv  # Debian has them in a package of their own
print(getattr(sys, "_base_executable", sys.executable))' 2>/dev/null) && return 0
    done
    return 1
}

is_debian_root() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; }

# The lists of packages are fetched only where the known ones do not do.
apt_install() {
    say "Installing $* (some minutes at most, once)."
    mkdir -p .venv
    {
        debian_install "$@" || { apt-get -q update && debian_install "$@"; }
    } >>"$log" 2>&1 9>&-
}

debian_install() {
    DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 install --no-install-recommends "$@"
}

need_python() {
    find_python && return
    if is_debian_root && apt_install python3-venv && find_python; then return; fi
    stop "A Python 3.11, 3.12 or 3.13 that can make virtual environments is needed and was not found. Debian and Ubuntu: sudo apt-get install python3-venv. Fedora: sudo dnf install python3.13. macOS: brew install python@3.13. Windows: the installer of Python 3.13, or WSL."
}

# The libraries that WeasyPrint loads, looked for as it does, and a font with Latin and Cyrillic; prints Debian's names.
missing_libraries() {
    "$python" -I - <<'PY'
import ctypes, ctypes.util, os, pathlib, sys

def loads(name):
    for file in (f"{name}.so.0", f"{name}.dylib", f"{name}.0.dylib", f"{name}-0.dll"):
        try:
            return ctypes.CDLL(file)
        except OSError:
            pass
    return ctypes.util.find_library(name.removeprefix("lib"))

packages = {"libpango-1.0": "-0", "libpangoft2-1.0": "-0", "libharfbuzz-subset": "0"}
missing = [name + number for name, number in packages.items() if not loads(name)]
if sys.platform == "linux":
    folders = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts")
    files = (file for folder in folders for file in pathlib.Path(os.path.expanduser(folder)).rglob("*.[ot]t[fc]"))
    if not any(file.name.startswith(("DejaVuSans", "NotoSans", "LiberationSans")) for file in files):
        missing.append("fonts-dejavu-core")
print(*missing)
PY
}

need_libraries() {
    missing=$(missing_libraries)
    [ -n "$missing" ] || return 0
    if is_debian_root; then
        # shellcheck disable=SC2086  # a list of names
        apt_install $missing || failed
        missing=$(missing_libraries)
        [ -n "$missing" ] || return 0
    fi
    if command -v apt-get >/dev/null; then
        how="sudo apt-get install $missing"
    elif command -v dnf >/dev/null; then
        how="sudo dnf install pango harfbuzz dejavu-sans-fonts"
    elif [ "$(uname)" = Darwin ]; then
        how="brew install pango"
    else
        how="see 'Installation' in WeasyPrint's documentation (on Windows: MSYS2)"
    fi
    stop "The PDF needs from this system what Debian calls $missing. To get it: $how"
}

# Without these the tests that want them are skipped, so their absence is a hint and no failure.
want_test_tools() {
    missing=
    command -v pdftoppm >/dev/null || missing="poppler-utils"
    command -v soffice >/dev/null || missing="$missing libreoffice-calc-nogui"
    # Debian keeps a database's programs out of the path.
    command -v postgres >/dev/null || ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || missing="$missing postgresql"
    # Ubuntu's package of Chromium is a snap, which does not install everywhere.
    browser=
    command -v chromium >/dev/null || command -v google-chrome >/dev/null || browser="chromium"
    command -v chromedriver >/dev/null || browser="$browser chromium-driver"
    if is_debian_root && grep -q '^ID=debian' /etc/os-release 2>/dev/null; then
        missing="$missing $browser"
        browser=
    fi
    # shellcheck disable=SC2086  # lists of names, split on purpose
    set -- $missing
    if [ $# -gt 0 ] && is_debian_root && apt_install "$@"; then set --; fi
    # shellcheck disable=SC2086
    set -- "$@" $browser
    [ $# -eq 0 ] || say "Tests that need what Debian calls $* are skipped, since it is not installed."
}

# --- the environment ---------------------------------------------------------------------------------------------

# What .venv was made for: this folder (a venv cannot be moved), this lock, and the Python in it, which a system
# upgrade can exchange.
environment() {
    printf '%s\n' "$here"
    cksum <requirements.lock
    .venv/bin/python -I -S -c 'import sys; print(" ".join(sys.version.split()))'
}

# Prints what is to be done: nothing, 'project' or 'everything'. Only the stamp counts, and it is written last: an
# interrupted set-up leaves none.
to_do() {
    stamp=$(cat .venv/.ready 2>/dev/null) || stamp=
    now=$(environment 2>/dev/null) || now="none"
    case $stamp in
    "$now
$(cksum <pyproject.toml)") ;;
    "$now
"*) echo project ;;
    *) echo everything ;;
    esac
}

# One set-up of this folder at a time. The system lets go of the lock however its holder ends, so none is ever stale.
be_alone() {
    exec 9>.venv.lock
    flock='import fcntl; fcntl.flock(9, fcntl.LOCK_EX'
    "$python" -I -c "$flock | fcntl.LOCK_NB)" 2>/dev/null && return
    say "Another set-up of this folder is under way; waiting for it to end."
    # A file system without locks is no reason to stop.
    "$python" -I -c "$flock)" 2>/dev/null || :
}

install_requirements() {
    if command -v uv >/dev/null; then
        uv pip install --require-hashes --python .venv/bin/python -r requirements.lock && return
        echo "uv did not do it; now pip, which may know another index."
    fi
    .venv/bin/python -m pip install --require-hashes -r requirements.lock
}

# 'pipeline' can then be imported from any folder, a notebook's too. pip has no hash for a folder, hence its own call.
install_project() { .venv/bin/python -m pip install --no-deps --no-build-isolation -e .; }

make_environment() {
    need_libraries
    say "Setting up .venv from requirements.lock: one to several minutes, once; $log says what is going on."
    rm -rf .venv
    mkdir .venv
    {
        "$python" -m venv .venv && install_requirements && install_project
    } >>"$log" 2>&1 || failed
}

renew_project() {
    say "pyproject.toml has changed: installing the project anew, some seconds."
    rm .venv/.ready
    install_project >>"$log" 2>&1 || failed
}

set_up() {
    [ -n "$(to_do)" ] || return 0
    need_python
    be_alone
    # Whoever had the lock before may have done it.
    case $(to_do) in
    '') return ;;
    project) renew_project ;;
    everything) make_environment ;;
    esac
    { environment && cksum <pyproject.toml; } >.venv/.ready
}

# The index alone decides: neither a folder of this machine nor another project's settings get into the lock.
lock() {
    need_python
    scratch=$(mktemp -d)
    trap 'rm -rf "$scratch"' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    unset UV_INDEX UV_EXTRA_INDEX_URL UV_FIND_LINKS UV_BUILD_CONSTRAINT UV_EXCLUDE_NEWER UV_PRERELEASE UV_RESOLUTION
    say "Looking for the newest versions that pyproject.toml admits, some seconds."
    "$python" -m venv "$scratch/venv"
    "$scratch/venv/bin/python" -m pip install --quiet uv
    "$scratch/venv/bin/uv" --no-config pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest \
        --generate-hashes --no-header --no-emit-index-url --all-extras --output-file "$scratch/lock" pyproject.toml
    cat "$scratch/lock" >requirements.lock
    say "requirements.lock is written; the next command sets .venv up from it."
}

case ${1-} in
'') set_up ;;
test)
    set_up
    want_test_tools
    ;;
lock) lock ;;
*) stop "setup.sh knows 'test' and 'lock', not '$1'." ;;
esac
