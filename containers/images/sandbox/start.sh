#!/bin/sh
# Keeps the host program running as the user of the sandbox, beside the SDK's control plane.
set -eu
secret=$SANDBOX_HOST_SECRET
unset SANDBOX_HOST_SECRET
while :; do
  env -i PATH="$PATH" \
    SANDBOX_HOST_SECRET="$secret" SANDBOX_HOST_ADDRESS=0.0.0.0 SANDBOX_HOST_PORT=8671 \
    SANDBOX_HOST_ROOT=/var/quayside SANDBOX_ONLY_DIRECTORY=/ SANDBOX_ISOLATION=none \
    setpriv --reuid=1000 --regid=1000 --clear-groups \
    node /opt/quayside/sandbox-host/main.ts </dev/null || true
  sleep 0.2
done &
exec /container-server/sandbox
