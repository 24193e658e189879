#!/bin/sh
# What tests need from outside Python: a Chromium, and where the system has packages a Redis, a RabbitMQ, a PgBouncer and
# `ip`. Never fails: tests that miss something skip and say so.
python=$1
have() { command -v "$1" >/dev/null 2>&1; }
want=""
have chromium || have google-chrome || have chromium-browser || want="chromium"
have redis-server || want="$want redis-server"
[ -x /usr/lib/rabbitmq/bin/rabbitmq-server ] || want="$want rabbitmq-server"
have pgbouncer || want="$want pgbouncer"
have ip || want="$want iproute2"
[ -z "$want" ] && exit 0
if [ "$(id -u)" = 0 ] && have apt-get; then
    echo "installing $want from the system's packages ..."
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq >/dev/null 2>&1
    # Servers among them would start as services, and take the ports of others: not while we install, nor ever after.
    policy=/usr/sbin/policy-rc.d
    if [ ! -e "$policy" ]; then
        trap 'rm -f "$policy"' EXIT
        trap 'exit 1' INT TERM
        printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod 755 "$policy"
    fi
    for one in $want; do # each by itself: one that a system lacks keeps none of the others away
        apt-get install -qq -y --no-install-recommends "$one" >/dev/null 2>&1 ||
            echo "could not install $one; the tests that need it will say so"
        case $one in redis-server | rabbitmq-server | pgbouncer)
            have systemctl && systemctl disable "$one" >/dev/null 2>&1 ;;
        esac
    done
elif echo "$want" | grep -q chromium; then
    "$python" -m playwright install chromium >/dev/null 2>&1 || echo "could not install Chromium; browser tests will say so"
fi
exit 0
