#!/bin/sh
# Stand-in for what a sandbox has no use for: says so and is content.
echo "sandbox: $(basename "$0") $*"
