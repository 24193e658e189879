#!/bin/sh
# Audit the pinned requirements against published advisories. Strict wherever it can see any; where the advisory
# service cannot be reached it says so and leaves the verdict open (AUDIT=required makes that a failure).
bin=$1
canary=$(mktemp)
printf 'django==3.2.0\n' > "$canary"
if "$bin/pip-audit" -r "$canary" --no-deps --disable-pip --progress-spinner off >/dev/null 2>&1 ||
    ! "$bin/pip-audit" -r "$canary" --no-deps --disable-pip --progress-spinner off 2>/dev/null | grep -q '^django'; then
    rm -f "$canary"
    echo "dependency audit: NOT DONE, a known bad package was not recognised, so the advisories are out of reach here" >&2
    [ "$AUDIT" = required ] && exit 1
    exit 0
fi
rm -f "$canary"
exec "$bin/pip-audit" --strict -r requirements.txt --no-deps --disable-pip --progress-spinner off
