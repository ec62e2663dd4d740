# Read by the stand-ins: `fault PROGRAM` prints what it shall play, of /sandbox/boot/faults (lines `program: fault`).
fault() { sed -n "s/^$1: *//p" /sandbox/boot/faults 2>/dev/null | head -n 1; }
