#!/bin/sh
# Makes the secrets of deploy/compose.yaml where they are missing. Asks where mail leaves, or reads it from a pipe: among
# the arguments every user of the machine could read its password.
# They are readable to every user inside the containers, and to nobody else out here, as their folder is closed.
set -eu
umask 077
folder=$(dirname "$0")/secrets
mkdir -p "$folder"
chmod 700 "$folder"
random() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }
keep() { # a file's name and its value, unless the file is there
    [ -s "$folder/$1" ] && return
    printf '%s\n' "$2" > "$folder/$1"
    chmod 444 "$folder/$1"
    echo "made $folder/$1"
}
keep secret_key "$(random)$(random)"
keep push_key "$(random)"
keep database_password "$(random)"
keep database_url "postgresql://nutgraf:$(cat "$folder/database_password")@postgres/nutgraf"
[ -s "$folder/email_url" ] && exit
email_url=
if [ -t 0 ]; then
    printf 'Where mail leaves, as smtp+tls://user:password@host (not shown): ' >&2
    trap 'stty echo' EXIT
    trap 'exit 130' INT TERM
    stty -echo
fi
read -r email_url || true
if [ -z "$email_url" ]; then
    echo "nutgraf: say where mail leaves: smtp+tls://user:password@host" >&2
    exit 2
fi
keep email_url "$email_url"
